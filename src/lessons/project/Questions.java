package lessons.project;

import static lessons.project.Question.ask;
import static lessons.project.Question.print;

import java.util.List;

/** Les vingt questions du cours, dans l'ordre des leçons. Un test exécute chaque programme et compare ce qu'il affiche. */
final class Questions {

    private Questions() {}

    static final List<Question> ALL = List.of(
            print(1, """
                    var here = Thread.currentThread();
                    var thread = new Thread(() -> IO.println(Thread.currentThread() == here));
                    thread.run();
                    thread.start();
                    thread.join();""", "true false")
                    .right("run est un appel ordinaire, dans le thread qui le fait ; start en crée un autre.")
                    .wrong("false false", "qui exécute run() ? Ce n’est pas start().")
                    .wrong("true true", "que crée start(), et dans quel thread s’exécute alors le corps ?")
                    .wrong("false true", "relisez l’ordre des deux appels, et ce que chacun crée.")
                    .otherwise(
                            "deux lignes, chacune true ou false : dans quel thread s’exécute le corps, la première fois, puis la "
                                    + "seconde ?"),
            print(1, """
                    var thread = Thread.ofVirtual().unstarted(() -> IO.print("un "));
                    IO.print("deux ");
                    thread.start();
                    thread.join();
                    IO.println("trois");""", "deux un trois")
                    .right("rien ne commence avant start, et join attend la fin.")
                    .wrong("un deux trois", "unstarted prépare le thread. Qu’est-ce qui le fait partir ?")
                    .wrong("deux trois un", "que fait join avant de rendre la main ?")
                    .otherwise(
                            "trois mots : suivez le thread principal ligne à ligne, et demandez-vous quand l’autre part et qui l’attend."),
            print(1, """
                    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                        var answer = threads.submit(() -> Integer.parseInt("douze"));
                        IO.println("lancée");
                    }
                    IO.println("finie");""", "lancée finie",
                    "lancée, puis une NumberFormatException qui arrête le programme", "lancée, finie",
                    "lancée, la trace de l’erreur, finie",
                    "une NumberFormatException, et rien d’autre")
                    .right("b", "l’exception attend dans la Future ; sans get, personne ne la voit.")
                    .wrong("a", "l’exception a lieu dans un autre thread. Qui la relance ici, et par quel appel ?")
                    .wrong("c", "qui écrirait cette trace ? L’exécuteur range l’exception quelque part.")
                    .wrong("d", "submit rend la main tout de suite, et ne lance pas l’exception de la tâche."),
            print(1, """
                    var seen = ConcurrentHashMap.newKeySet();
                    Runnable job = () -> seen.add(Thread.currentThread());
                    try (var four = Executors.newFixedThreadPool(4)) {
                        for (int i = 0; i < 1000; i++) four.submit(job);
                    }
                    IO.print(seen.size() + " ");
                    seen.clear();
                    try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
                        for (int i = 0; i < 1000; i++) each.submit(job);
                    }
                    IO.println(seen.size());""", "4 1000")
                    .right("le premier exécuteur réemploie ses quatre threads ; le second en crée un par tâche, car un thread virtuel "
                            + "coûte peu.")
                    .wrong("4 4", "le second exécuteur ne réemploie pas ses threads : son nom le dit.")
                    .wrong("1000 1000", "le premier exécuteur a un nombre de threads fixé d’avance.")
                    .wrong("1000 4", "relisez les noms des deux exécuteurs : lequel réemploie ses threads ?")
                    .otherwise("deux nombres : combien de threads différents ont fait les mille tâches, avec chaque exécuteur ?"),
            print(3, """
                    var places = new Semaphore(2);
                    for (var text : List.of("un", "deux"))
                        try {
                            places.acquire();
                            Integer.parseInt(text);          // pas un nombre
                            places.release();
                        } catch (NumberFormatException e) { IO.print(text + " "); }
                    IO.println(places.availablePermits());""", "un deux 0")
                    .right("l’exception saute release : deux places perdues. On rend une place dans finally, ou à la fin d’un try.")
                    .wrong("un deux 2", "quand parseInt échoue, la ligne suivante est-elle exécutée ?")
                    .wrong("un 0", "la boucle continue après le premier échec : une place restait.")
                    .wrong("un deux 1", "comptez les places prises, puis les places rendues.")
                    .otherwise("suivez la boucle : à chaque tour, une place est prise. Est-elle rendue ?"),
            ask(3, "Un client écrit 100 octets en un seul `write`, sur une connexion TCP. Le serveur appelle une fois `read(tampon)`, "
                    + "avec un tampon de 1000 octets, et `read` ne rend pas -1. Combien d’octets a-t-il reçus ?",
                    "100, toujours", "de 1 à 100", "1000", "0 ou 100")
                    .right("b", "TCP transporte un flux d’octets, pas des messages : c’est au programme de retrouver où un message finit.")
                    .wrong("a", "c’est ce que l’on voit presque toujours, et ce que rien ne promet. TCP connaît-il les messages ?")
                    .wrong("c", "un tampon plus grand n’invente pas d’octets.")
                    .wrong("d", "read attend au moins un octet ; rien ne dit qu’il les attend tous."),
            ask(3, "Mille threads virtuels vont interroger un serveur qui ne supporte que dix demandes à la fois. Un outil du JDK est "
                    + "fait pour cela : chaque thread y prend une place, et la rend. Lequel ?",
                    "un exécuteur de dix threads virtuels, réemployés", "un Semaphore de dix places", "un verrou, ReentrantLock",
                    "une file de mille places")
                    .right("b",
                            "un sémaphore compte des places. Une file bornée en tient lieu, et sert surtout à passer du travail d’un "
                                    + "thread à un autre.")
                    .wrong("a",
                            "cela limiterait aussi, mais les mille threads existent déjà, et chacun doit prendre puis rendre une place.")
                    .wrong("c", "un verrou ne laisse passer qu’un thread à la fois.")
                    .wrong("d", "mille places ne limitent rien : tout le monde entre."),
            ask(4, "`HttpRequest` a un `timeout` de 500 ms. Le serveur envoie les en-têtes tout de suite, puis un octet par seconde, "
                    + "pour toujours. Avec Java 25, que fait `send(request, BodyHandlers.ofString())` ?",
                    "elle lance HttpTimeoutException après 500 ms", "elle rend le début du corps après 500 ms", "elle attend pour toujours",
                    "elle demande la page de nouveau")
                    .right("c", "jusqu’à Java 25, timeout ne couvre que les en-têtes. Depuis Java 26, il couvre aussi le corps.")
                    .wrong("a", "ce serait le cas si les en-têtes tardaient. Que couvre timeout, en Java 25 ?")
                    .wrong("b", "ofString rend un corps entier, ou rien.")
                    .wrong("d", "HttpClient ne réessaie pas de lui-même une réponse trop lente."),
            ask(5, "La machine a deux processeurs. Huit threads virtuels lisent chacun, avec `Files.readString`, un fichier d’un "
                    + "disque lent. Combien de lectures avancent à la fois ? Écrivez un nombre.")
                    .right("2", "une lecture de fichier retient le porteur, et il y a un porteur par processeur.")
                    .wrong("8", "ce serait le cas avec des sockets. Pendant la lecture d’un fichier, le porteur est-il libre ?")
                    .wrong("1", "il y a plus d’un porteur.")
                    .otherwise("combien de porteurs y a-t-il, et que fait un porteur pendant la lecture d’un fichier ?"),
            print(6, """
                    int[] n = {0};
                    var both = new CyclicBarrier(2);             // un rendez-vous à deux
                    Callable<Integer> increment = () -> {
                        var read = n[0];
                        both.await();                            // tous deux ont lu
                        return n[0] = read + 1;
                    };
                    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                        threads.invokeAll(List.of(increment, increment));
                    }
                    IO.println(n[0]);""", "1")
                    .right("tous deux ont lu 0 et écrit 1. n++ fait les mêmes trois gestes : lire, ajouter, écrire.")
                    .wrong("2", "que vaut read dans chaque thread, quand le rendez-vous a eu lieu ?")
                    .wrong("0", "chacun écrit bien quelque chose après le rendez-vous.")
                    .otherwise("un nombre : notez ce que chaque thread lit, puis ce qu’il écrit."),
            ask(6, "Un thread tourne dans `while (!stop) { }`, où `stop` est un champ ordinaire, sans `volatile`. Un autre thread "
                    + "écrit `stop = true`. La boucle finit-elle ?",
                    "oui, aussitôt", "oui, mais parfois quelques secondes plus tard", "rien ne le garantit : elle peut ne jamais finir",
                    "non, une exception est lancée")
                    .right("c", "sans volatile, ni verrou, le compilateur peut ne lire le champ qu’une fois.")
                    .wrong("a", "cela peut arriver, et ne prouve rien. Qu’est-ce qui obligerait le premier thread à relire le champ ?")
                    .wrong("b", "le retard n’a pas de limite : qu’est-ce qui obligerait le premier thread à relire le champ ?")
                    .wrong("d", "Java ne signale pas un accès mal partagé."),
            ask(6, "Ana tient le verrou A et demande le verrou B. Au même moment, Bilal tient B et demande A. Tous deux utilisent "
                    + "`lock()`. Que se passe-t-il ?",
                    "le plus ancien des deux threads l’emporte", "chacun attend l’autre, sans fin ni message",
                    "Java lance une DeadlockException",
                    "l’un des deux rend son verrou au bout d’un moment")
                    .right("b", "c’est l’interblocage. Le remède : prendre les verrous toujours dans le même ordre.")
                    .wrong("a", "un verrou ne se reprend pas à celui qui le tient.")
                    .wrong("c", "aucune exception de ce nom n’existe. Comment s’aperçoit-on d’un interblocage ?")
                    .wrong("d", "lock() attend sans limite, et celui qui attend garde ce qu’il tient."),
            ask(7, "Un enfant écrit 1 Mo sur sa sortie. Le programme appelle `waitFor()`, **puis** lit cette sortie. Que se passe-t-il ?",
                    "tout va bien : la sortie est gardée en mémoire", "le début de la sortie est perdu",
                    "ni l’enfant ni le programme n’avancent plus", "l’enfant est tué par le système")
                    .right("c",
                            "le tube est plein (64 Kio sous Linux) : l’enfant attend qu’on le lise, le programme attend que l’enfant "
                                    + "finisse.")
                    .wrong("a", "elle passe par un tube, qui n’est pas si grand.")
                    .wrong("b", "un tube ne perd rien. Que fait celui qui écrit dans un tube plein ?")
                    .wrong("d", "personne ne le tue ; il attend. Quoi ?"),
            ask(7, "Un chef, `sh`, a lancé un ouvrier, `sleep 60`, et attend sa fin. Le programme appelle `destroyForcibly()` sur le "
                    + "chef. Et l’ouvrier ?",
                    "il finit avec le chef", "il continue, sans parent", "il se met en pause", "il finit quand le programme se termine")
                    .right("b", "c’est un orphelin : le signal ne va qu’au chef. On arrête donc d’abord les descendants.")
                    .wrong("a", "à qui le signal est-il envoyé ?")
                    .wrong("c", "rien ne l’arrête, même un moment.")
                    .wrong("d", "la fin d’un programme Java n’arrête pas les processus qu’il a lancés."),
            ask(8, "Vingt threads virtuels posent chacun une question qui prend 0,2 s au serveur PostgreSQL. La réserve a cinq "
                    + "connexions, déjà ouvertes. Combien de secondes en tout, à peu près ?")
                    .right("0,8", "cinq à la fois : quatre vagues de 0,2 s.")
                    .wrong("0,2", "ce serait vrai avec vingt connexions. Combien de questions avancent à la fois ?")
                    .wrong("4", "ce serait vrai avec une seule connexion.")
                    .wrong("1", "comptez les vagues : vingt questions, cinq places.")
                    .otherwise("combien de questions avancent à la fois, et combien de vagues cela fait-il ? Répondez en secondes."),
            print(9, """
                    var thread = Thread.ofVirtual().start(() -> {
                        Thread.currentThread().interrupt();
                        try { Thread.sleep(Duration.ofHours(1)); IO.print("reposé "); }
                        catch (InterruptedException e) { IO.print("réveillé "); }
                        IO.println(Thread.currentThread().isInterrupted());
                    });
                    thread.join();""", "réveillé false")
                    .right("sleep voit le drapeau levé, le baisse, et lance InterruptedException : si vous n’en faites rien, la "
                            + "demande est perdue.")
                    .wrong("réveillé true", "que devient le drapeau, quand sleep lance InterruptedException ?")
                    .wrong("reposé true", "le drapeau était levé avant le sommeil. sleep s’endort-elle quand même ?")
                    .wrong("reposé false", "le drapeau était levé avant le sommeil. sleep s’endort-elle quand même ?")
                    .otherwise("un mot, puis true ou false : que fait sleep d’un thread déjà interrompu, et que devient le drapeau ?"),
            print(9, """
                    var begun = new CountDownLatch(1);
                    var over = new CompletableFuture<String>();
                    var work = CompletableFuture.runAsync(() -> {
                        begun.countDown();
                        LockSupport.parkNanos(500_000_000);      // 0,5 s, ou moins si on l'interrompt
                        over.complete(Thread.interrupted() ? "interrompue" : "finie");
                    });
                    begun.await();                               // elle a commencé
                    IO.println(work.cancel(true) + " " + over.join());""", "true finie")
                    .right("la future est annulée, le travail va jusqu’au bout : une CompletableFuture ne connaît pas le thread qui "
                            + "travaille pour elle.")
                    .wrong("true interrompue",
                            "ce serait vrai de la Future que rend submit. Celle-ci connaît-elle le thread qui travaille ?")
                    .wrong("false finie", "la future n’avait pas encore de résultat : cancel réussit.")
                    .wrong("false interrompue", "deux erreurs : que devient la future, et qui interrompt le travail ?")
                    .otherwise("true ou false, puis interrompue ou finie : que devient la future, et que devient le travail ?"),
            ask(9, "`client.sendAsync(...).orTimeout(1, TimeUnit.SECONDS).join()` : la seconde passe sans réponse. Que devient "
                    + "l’échange avec le serveur ?",
                    "il est fermé", "il continue : seule la future a échoué", "il est mis en pause", "il recommence du début")
                    .right("b", "orTimeout termine la future, rien d’autre. Pour fermer l’échange, annulez celle que sendAsync a rendue.")
                    .wrong("a", "qui le fermerait ? orTimeout ne connaît que la future.")
                    .wrong("c", "rien ne met un échange en pause.")
                    .wrong("d", "orTimeout ne réessaie rien."),
            print(9, """
                    Callable<String> broken = () -> { throw new IOException("panne"); };
                    Callable<String> slow = () -> { Thread.sleep(500); IO.print("lente "); return ""; };
                    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                        var answers = threads.invokeAll(List.of(broken, slow));
                        IO.println(answers.getFirst().state());
                    }""", "lente FAILED")
                    .right("invokeAll attend tout le monde, même quand l’une a échoué tout de suite. StructuredTaskScope, lui, annule "
                            + "les autres.")
                    .wrong("failed", "l’autre tâche est-elle arrêtée ? Qui l’interromprait ?")
                    .wrong("failed lente", "quand invokeAll rend-elle la main ?")
                    .wrong("lente success", "quelle est la première tâche de la liste ?")
                    .otherwise(
                            "un mot de la tâche lente, ou rien, et l’état de la première, en anglais. Dans quel ordre ?"),
            print(11, """
                    try (var loop = Executors.newSingleThreadExecutor()) {      // une boucle : un seul thread
                        loop.submit(() -> { Thread.sleep(500); IO.print("longue "); return null; });
                        loop.submit(() -> IO.print("courte "));
                    }""", "longue courte")
                    .right("un seul thread fait tout, chacun son tour : celui qui bloque dans la boucle arrête tout le monde.")
                    .wrong("courte longue", "qui exécuterait la seconde pendant que la première dort ?")
                    .otherwise("deux mots : combien de threads exécutent ces deux tâches, et dans quel ordre ?"));
}
