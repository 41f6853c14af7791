package kernel.compile;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewArrayTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/**
 * Ajoute à une déclaration les mots que JShell rend nécessaires en la mettant dans une classe à lui, et que Java n'aurait pas demandés :
 * <ul>
 * <li>il fait d'un record un membre {@code public} : ses constructeurs doivent l'être aussi ;
 * <li>il met chaque déclaration dans son propre fichier : une interface scellée doit nommer ({@code permits}) ce qui l'étend dans la
 *     cellule ;
 * <li>il fait d'une classe anonyme une classe à lui, dont il déplace les valeurs initiales après les blocs d'initialisation : là où il y a
 *     de ces blocs, une valeur en devient un, à sa place.
 * </ul>
 */
public final class Rewriter {
    /** Un de ces mots, sinon rien n'est à lire de nouveau. */
    private static final Pattern CONCERNED = Pattern.compile("\\b(record|sealed)\\b|\\bnew\\b[^;]*\\)\\s*\\{");

    private final Syntax syntax;
    /** Par nom de type, ce qui l'étend au premier niveau de la cellule ; null tant qu'il n'a pas fallu le savoir. */
    private Map<String, List<String>> extenders;
    private final List<CellSplitter.Piece> cell;

    /** @param cell les fragments de la cellule */
    public Rewriter(Syntax syntax, List<CellSplitter.Piece> cell) {
        this.syntax = syntax;
        this.cell = cell;
    }

    /** Ce qu'il faut donner à JShell pour ce fragment de la cellule. */
    public Rewritten rewrite(CellSplitter.Piece piece) {
        String source = piece.source();
        var insertions = new ArrayList<Rewritten.Insertion>();
        if (CONCERNED.matcher(source).find()) syntax.declarations(source, (tree, places) -> {
            if (tree instanceof ClassTree type) addToClass(type, places, source, insertions);
            else addToAnonymous(tree, places, source, insertions);
        });
        return Rewritten.of(source, insertions);
    }

    private void addToClass(ClassTree type, Syntax.Places places, String source, List<Rewritten.Insertion> insertions) {
        if (type.getKind() == Tree.Kind.RECORD) for (Tree member : type.getMembers())
            if (member instanceof MethodTree method && method.getName().contentEquals("<init>") && !hasAccess(method))
                insertions.add(new Rewritten.Insertion(places.start(method), "public "));
        if (!type.getModifiers().getFlags().contains(Modifier.SEALED) || !type.getPermitsClause().isEmpty()) return;
        var permitted = new ArrayList<>(extenders().getOrDefault(type.getSimpleName().toString(), List.of()));
        if (permitted.isEmpty()) return;                                   // celles qu'elle contient : javac les trouve
        for (Tree member : type.getMembers())
            if (member instanceof ClassTree inner && parents(inner).contains(type.getSimpleName().toString()))
                permitted.add(type.getSimpleName() + "." + inner.getSimpleName());
        int body = source.indexOf('{', headerEnd(type, places, source));
        if (body >= 0) insertions.add(new Rewritten.Insertion(body, "permits " + String.join(", ", permitted) + " "));
    }

    private static boolean hasAccess(MethodTree method) {
        Set<Modifier> flags = method.getModifiers().getFlags();
        return flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED) || flags.contains(Modifier.PRIVATE);
    }

    private static int headerEnd(ClassTree type, Syntax.Places places, String source) {
        int end = source.indexOf(type.getSimpleName().toString(), Math.max(0, places.end(type.getModifiers())));
        for (Tree part : type.getTypeParameters()) end = Math.max(end, places.end(part));
        for (Tree part : type.getImplementsClause()) end = Math.max(end, places.end(part));
        return type.getExtendsClause() == null ? end : Math.max(end, places.end(type.getExtendsClause()));
    }

    private Map<String, List<String>> extenders() {
        if (extenders != null) return extenders;
        extenders = new HashMap<>();
        for (CellSplitter.Piece piece : cell) syntax.declarations(piece.source(), (tree, places) -> {
            if (tree instanceof ClassTree type) for (String parent : parents(type))
                extenders.computeIfAbsent(parent, name -> new ArrayList<>()).add(type.getSimpleName().toString());
        });
        return extenders;
    }

    /** Les noms simples, sans leurs paramètres, de ce que ce type étend. */
    private static Set<String> parents(ClassTree type) {
        var parents = new HashSet<String>();
        if (type.getExtendsClause() != null) parents.add(type.getExtendsClause().toString().replaceFirst("<.*", ""));
        for (Tree parent : type.getImplementsClause()) parents.add(parent.toString().replaceFirst("<.*", ""));
        return parents;
    }

    private static void addToAnonymous(Tree variable, Syntax.Places places, String source, List<Rewritten.Insertion> insertions) {
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitNewClass(NewClassTree node, Void nothing) {
                ClassTree body = node.getClassBody();
                if (body != null && body.getMembers().stream().anyMatch(member -> member instanceof BlockTree block && !block.isStatic()))
                    for (Tree member : body.getMembers())
                        if (member instanceof VariableTree field) addToField(field, places, source, insertions);
                return super.visitNewClass(node, nothing);
            }
        }.scan(variable, null);
    }

    /** {@code int a = 1;} devient {@code int a; { a = 1; }}. */
    private static void addToField(VariableTree field, Syntax.Places places, String source, List<Rewritten.Insertion> insertions) {
        if (field.getInitializer() == null || field.getModifiers().getFlags().contains(Modifier.STATIC)) return;
        int name = source.lastIndexOf(field.getName().toString(), places.start(field.getInitializer()));
        int equals = source.indexOf('=', name);
        int value = places.start(field.getInitializer());
        boolean alone = source.charAt(places.end(field) - 1) == ';' && source.substring(name + field.getName().length(), equals).isBlank();
        if (name < 0 || equals < 0 || equals > value || !alone) return;
        insertions.add(new Rewritten.Insertion(equals, "; { " + field.getName() + " "));
        if (field.getInitializer() instanceof NewArrayTree array && array.getType() == null)
            insertions.add(new Rewritten.Insertion(value, "new " + field.getType() + " "));
        insertions.add(new Rewritten.Insertion(places.end(field), " }"));
    }
}
