package kernel.assist;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import kernel.Exchange;
import kernel.SharedKernel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Une aide fausse est pire qu'un silence : chaque genre d'aide a ses cellules où elle doit paraître, et celles où elle ne le doit pas. */
@DisplayName("Aides")
class HintsTest extends SharedKernel {

    /** Ce dont les cellules se servent. */
    @BeforeEach
    void declareTypes() throws Exception {
        kernel.ok("""
                class Parent { Parent(int n) { } }
                class Field { int total; int count() { return 1; } }
                class Needy { Absent absent; }
                class Needier { Needy needy; }""");
    }

    private static List<String> hints(Exchange cell) {
        return cell.traceback().stream().filter(line -> line.startsWith("→ ")).toList();
    }

    static Stream<Arguments> said() {
        return Stream.of(
                // ce qui ne se lit pas
                arguments("int a = 1\nint b = 2;", "Il manque un point-virgule"),
                arguments("void h() { int a = 1 int b = 2; }", "Il manque un point-virgule"),
                arguments("int a = 1\na", "Il manque un point-virgule"),
                arguments("String s = \"a\" \"b\";", "Le compilateur attend ici « ; »."),
                arguments("shout \"x\";", "Le compilateur attend ici « ; »."),
                arguments("System.out.println(\"a\";", "Il manque « ) »"),
                arguments("int[ t = null;", "Il manque « ] »"),
                arguments("System.out.println(\"a\"", "trop tôt : il manque « ) »."),
                arguments("void m() {\n    if (true) {", "trop tôt : il manque « } } »."),
                arguments("int x =", "il lui manque une suite"),
                arguments("String s = 'abc';", "entre guillemets"),
                arguments("int\u00a0a = 3;", "espace insécable"),
                arguments("int a\u202f= 3;", "espace insécable"),
                arguments("String s = “abc”;", "guillemets"),
                arguments("String s = «abc»;", "guillemets"),
                arguments("int b = 3 – 1;", "tiret"),
                arguments("# un commentaire", "//"),
                arguments("var p = 🦜;", "ne peut pas être dans du Java"),
                arguments("long n = 3000000000;", "3000000000L"),
                arguments("long n = 99999999999999999999;", "BigInteger"),
                // un nom inconnu
                arguments("\"abc\".length", "length()"),
                arguments("List.of(1).size", "size()"),
                arguments("List.of(1).length()", "sa taille est size()"),
                arguments("new Field().count", "count()"),
                arguments("new Field().total()", "ôtez les parenthèses"),
                arguments("String[] noms = {\"a\"};\nnoms.length()", "length, sans parenthèses"),
                arguments("int[] t = {1};\nt.size()", "length, sans parenthèses"),
                arguments("int[] t = {1};\nt.add(2);", "Un tableau n’a pas de « add »"),
                arguments("System.out.Println(1);", "println"),
                arguments("System.out.printn(1);", "n’existe pas dans PrintStream"),
                arguments("new Needy()", "Absent"),
                arguments("new Needier()", "Absent"),
                arguments("new CRC32()", "import java.util.zip.CRC32;"),
                arguments("new Poin()", "« Poin » est inconnu"),
                arguments("Point(1, 2)", "new Point(…)"),
                arguments("totl + 1", "« totl » est inconnu"),
                arguments("été + 1", "« été » est inconnu"),
                arguments("Sytem.out.println();", "« Sytem » est inconnu"),
                arguments("sytem.out.err.println();", "ni une variable, ni une classe, ni un paquet"),
                arguments("import java.utils.List;", "pas dans le JDK"),
                arguments("import java.util.Lists;", "Le paquet java.util n’a pas de « Lists »"),
                arguments("import com.absent.Thing;", "//DEPS"),
                // une exception à rattraper
                arguments("new Thread(() -> Thread.sleep(100)).start();", "rattrapez-la dans la lambda"),
                arguments("class Q { void f() { Runnable r = () -> { Thread.sleep(1); }; } }", "rattrapez-la dans la lambda"),
                arguments("void pause() { Thread.sleep(1); }", "throws InterruptedException » à la méthode"),
                arguments("class Q { Q() { Thread.sleep(1); } }", "throws InterruptedException » au constructeur"),
                arguments("class Q { String s = Files.readString(Path.of(\"x\")); }", "dans une méthode ou dans un constructeur"),
                arguments("void r() { try (var r = new StringReader(\"\"); var s = Files.newBufferedReader(Path.of(\"x\"))) { } }",
                        "La fermeture"),
                // ce qui ne va pas ensemble
                arguments("float f = 3.14;", "3.14f"),
                arguments("int i = 3.5;", "(int)"),
                arguments("byte b = 300;", "(byte)"),
                arguments("int n = null;", "null n’en est pas un"),
                arguments("char c = \"a\";", "'a'"),
                arguments("int j = \"a\";", "Il faut ici un int, et la valeur est un String."),
                arguments("void v() { return 3; }", "Rien n’est à rendre"),
                arguments("int w() { return; }", "suivi d’une valeur"),
                arguments("Supplier<Integer> s = () -> \"a\";", "Cette lambda doit rendre un Integer, et rend un String."),
                arguments("Supplier<Integer> s = () -> { };", "Cette lambda doit rendre une valeur"),
                arguments("Object o = () -> { };", "interface à une seule méthode"),
                arguments("List<int> l;", "Integer plutôt que int"),
                arguments("new Parent()", "comparez leur nombre"),
                arguments("class Child extends Parent { Child() { } }", "commence par super(…)"),
                arguments("class Child extends Parent { }", "commence par super(…)"),
                arguments("int d() { }", "il manque un return"),
                arguments("class Q { final int x; Q() { } }", "Un champ final"),
                arguments("void z() { int x; System.out.println(x); }", "avant de la lire"),
                arguments("void l() { int n = 0; Runnable r = () -> n++; }", "AtomicInteger"),
                arguments("void l() { int n = 0; Runnable r = () -> { System.out.println(n); n += 1; }; }", "AtomicInteger"),
                arguments("void l() { int n = 0; n = 2; Runnable r = () -> System.out.println(n == 2); }", "recopiez la valeur"),
                arguments("void l() { int n = 0; n = 2; new Thread() { public void run() { System.out.println(n); } }; }",
                        "Une classe écrite dans une méthode"),
                // à l'exécution
                arguments("String s = null;\ns.length()", "le message dit laquelle"),
                arguments("Objects.requireNonNull(null)", "n’accepte pas"),
                arguments("new ConcurrentHashMap<String, String>().put(null, \"a\")", "n’accepte pas"),
                arguments("int[] t = { };\nt[0]", "tableau vont de 0"),
                arguments("int[] t = new int[2];\nt[2]", "tableau vont de 0"),
                arguments("\"abc\".charAt(9)", "texte vont de 0"),
                arguments("\"abc\".substring(2, 9)", "de 0 à la longueur,"),
                arguments("new ArrayList<>(List.of(1)).get(4)", "de 0 à la taille moins un"),
                arguments("new LinkedList<>(List.of(1)).get(5)", "a pour taille 1"),
                arguments("Object o = \"a\";\n(Integer) o", "instanceof"),
                arguments("new TreeSet<Object>().add(new Object())", "Comparator"),
                arguments("Integer.parseInt(\"douze\")", "n’est pas un nombre"),
                arguments("Integer.parseInt(\"3000000000\")", "trop grand"),
                arguments("Integer.parseInt(\"3.5\")", "parseDouble"),
                arguments("Double.parseDouble(\"3,5\")", "un point"),
                arguments("Integer.parseInt(\" 3\")", "strip()"),
                arguments("Integer.parseInt(\"\")", "vide"),
                arguments("1 / (1 - 1)", "division d’entiers par zéro"),
                arguments("BigDecimal.ONE.divide(BigDecimal.ZERO)", "division par zéro"),
                arguments("Class.forName(\"Parent\")", "Parent.class"),
                arguments("Class.forName(\"com.absent.Thing\")", "//DEPS"),
                arguments("List.of(1).add(2)", "new ArrayList<>(liste)"),
                arguments("Map.of().put(1, 2)", "new HashMap<>"),
                arguments("Arrays.asList(1, 2).add(3)", "ne permet pas cette opération"),
                arguments("var l = new ArrayList<>(List.of(1, 2, 3));\nfor (var x : l) l.remove(x);", "pendant qu’on la parcourait"),
                arguments("int f(int n) { return f(n + 1); }\nf(1)", "s’emboîtent trop"),
                arguments("new Scanner(\"abc\").nextInt()", "hasNextInt()"),
                arguments("new Scanner(\"\").nextLine()", "plus rien à lire"),
                arguments("Optional.empty().get()", "Optional est vide"),
                arguments("List.of().iterator().next()", "pas d’élément à prendre"),
                arguments("Files.writeString(Path.of(\"absent/x.txt\"), \"x\")", "l’un des dossiers de son chemin"),
                arguments("new FileReader(\"absent.txt\")", "n’existe pas. Un chemin relatif part du dossier"),
                arguments("new Socket(\"localhost\", 1)", "Personne n’écoute"),
                arguments("var s = new ServerSocket(0);\nnew ServerSocket(s.getLocalPort())", "déjà pris"));
    }

    @ParameterizedTest(name = "{0} → {1}")
    @MethodSource
    void said(String code, String sentence) throws Exception {
        var cell = kernel.fails(code);
        assertTrue(hints(cell).stream().anyMatch(hint -> hint.contains(sentence)), () -> String.join("\n", cell.traceback()));
    }

    static Stream<Arguments> notSaid() {
        return Stream.of(
                arguments("String s = \"a\" \"b\";", "Il manque"),
                arguments("shout \"x\";", "Il manque"),
                arguments("foo bar baz;", "Il manque"),
                arguments("int x =", "accolade"),
                arguments("int\u00a0a = 3;", "guillemets"),
                arguments("int n = 0x1FFFFFFFF;", "L"),
                arguments("String[] noms = {\"a\"};\nnoms.length()", "dans String"),
                arguments("new Needy()", "la cellule qui déclare « Needy »"),
                arguments("import java.util.Lists;", "exécutez d’abord"),
                arguments("import java.utils.List;", "//DEPS"),
                arguments("sytem.out.err.println();", "//DEPS"),
                arguments("new Thread(() -> Thread.sleep(100)).start();", "throws"),
                arguments("Runnable r = new Runnable() { public void run() { Thread.sleep(1); } };", "throws"),
                arguments("class Q extends Thread { public void run() { Thread.sleep(1); } }", "throws"),
                arguments("class Q { public String toString() { Thread.sleep(1); return \"\"; } }", "throws"),
                arguments("record Q(int x) { Q { Thread.sleep(1); } }", "throws"),
                arguments("class Q { String s = Files.readString(Path.of(\"x\")); }", "throws"),
                arguments("float f = 3.14;", "(int)"),
                arguments("Supplier<Integer> s = () -> \"a\";", "bad return"),
                arguments("class Q { final int x; Q() { } }", "avant de la lire"),
                arguments("class Q<T> { T t = new T(); }", "Integer"),
                arguments("void l() { int n = 0; Runnable r = () -> n++; }", "recopiez"),
                arguments("Objects.requireNonNull(null)", "dit laquelle"),
                arguments("\"abc\".substring(2, 9)", "moins un"),
                arguments("new ArrayList<>(List.of(1)).add(5, 3)", "moins un"),
                arguments("new TreeSet<Object>().add(new Object())", "instanceof"),
                arguments("Map.of().put(1, 2)", "dans une ArrayList"),
                arguments("new Scanner(\"abc\").nextInt()", "d’élément"));
    }

    @ParameterizedTest(name = "{0} : pas « {1} »")
    @MethodSource
    void notSaid(String code, String sentence) throws Exception {
        var cell = kernel.fails(code);
        assertTrue(hints(cell).stream().noneMatch(hint -> hint.contains(sentence)), () -> String.join("\n", cell.traceback()));
    }

    @ParameterizedTest(name = "aucune aide pour ce que l''élève a lancé lui-même : {0}")
    @ValueSource(strings = {"throw new UnsupportedOperationException();", "throw new NullPointerException();",
        "throw new NoSuchElementException();", "throw new IndexOutOfBoundsException(\"plein\");",
        "throw new ArrayIndexOutOfBoundsException(\"plein\");", "throw new NumberFormatException(\"numéro de rue\");",
        "throw new ClassCastException(\"autre espèce\");", "throw new ConcurrentModificationException();",
        "throw new InputMismatchException();", "throw new ClassNotFoundException(\"salle 12\");", "throw new StackOverflowError();",
        "throw new OutOfMemoryError(\"caisse\");", "throw new BindException(\"volet\");", "throw new ConnectException(\"prise\");",
        "throw new NoSuchFileException(\"dossier bleu\");", "throw new ArithmeticException(\"compte\");"})
    void ownException(String code) throws Exception {
        assertEquals(List.of(), hints(kernel.fails(code)));
        assertEquals(List.of(),
                hints(kernel.fails("class Thrower { void run() throws Exception { " + code + " } }\nnew Thrower().run();")));
    }
}
