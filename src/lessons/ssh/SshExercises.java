//SOURCES ../Exercise.java ../Scenes.java ../Patience.java
package lessons.ssh;

import static lessons.Exercise.require;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import lessons.Exercise;
import lessons.Exercise.Verdict;
import lessons.Patience;
import lessons.Scenes;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;

/** Les vérifications des exercices de la leçon 10. Chacune démarre ses propres machines, et les arrête avant de répondre. */
public final class SshExercises {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration NET = Duration.ofSeconds(30);         // un filet : chaque scène a sa limite, bien plus courte

    private static final int COMMANDS = 12;
    private static final int SESSIONS = 10;
    private static final double SLEEP = 0.5;

    private static final int PLACES = 5;
    private static final Duration DEADLINE = Duration.ofMillis(2500);

    /** L'exercice 2 : une commande sur toutes les machines, avec une seule limite de temps. */
    @FunctionalInterface
    public interface AskAll {
        List<SshAnswer> of(Path ssh, List<String> hosts, String command, int places, Duration limit) throws Exception;
    }

    /** L'exercice 3 : un fichier copié sur toutes les machines, et le compte rendu. */
    @FunctionalInterface
    public interface CopyAll {
        void of(SshClient client, List<String> hosts, Path file, SshReport report) throws Exception;
    }

    private SshExercises() {}

    // ---------------------------------------------------------------- 1

    /**
     * Vérifie une prédiction en faisant l'expérience : douze commandes d'une demi-seconde, lancées ensemble sur une machine, par une seule
     * connexion, quand la machine n'accepte que dix canaux à la fois.
     *
     * @param accepted combien de commandes réussissent
     * @param connections combien de connexions la machine compte
     * @param seconds combien de temps dure le tout
     */
    public static Verdict channels(int accepted, int connections, double seconds) throws IOException, InterruptedException {
        var park = SshPark.named("exercice 1");
        var machine = park.start("alpha").latency(Duration.ZERO).maxSessions(SESSIONS);
        Files.write(park.ssh().resolve("known_hosts"), park.knownHosts());
        try (var client = newClient(park.ssh())) {
            return Exercise.check("dix canaux travaillent ensemble, les deux autres sont refusés aussitôt. Comment auriez-vous fait passer "
                    + "les douze ?", LIMIT, () -> checkPrediction(experiment(client, machine), accepted, connections, seconds, machine));
        } finally {
            park.closeAll();
        }
    }

    private static long experiment(SshClient client, SshMachine machine) throws Exception {
        var tasks = new ArrayList<Future<Boolean>>();
        var ready = new CountDownLatch(COMMANDS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor(); var session = connect(client, machine)) {
            for (int i = 0; i < COMMANDS; i++) tasks.add(threads.submit(() -> succeeds(session, ready)));
            long count = 0;
            for (var task : tasks) if (task.get()) count++;
            return count;
        }
    }

    private static boolean succeeds(ClientSession session, CountDownLatch ready) throws InterruptedException {
        ready.countDown();
        ready.await();
        try (var channel = session.createExecChannel("sleep " + SLEEP)) {
            channel.open().verify(LIMIT);
            channel.waitFor(java.util.Set.of(org.apache.sshd.client.channel.ClientChannelEvent.CLOSED), LIMIT);
            return Objects.equals(channel.getExitStatus(), 0);
        } catch (IOException refused) {
            return false;
        }
    }

    private static void checkPrediction(long measured, int accepted, int connections, double seconds, SshMachine machine) {
        require(accepted > 0 && connections > 0 && seconds > 0, "il manque une prédiction : donnez les trois nombres avant de vérifier.");
        require(accepted <= COMMANDS, "vous prédisez " + accepted + " réussites ; il n’y a que douze commandes.");
        require(connections == machine.allConnections(),
                "vous prédisez %d connexions ; la machine en a compté un autre nombre. Une commande "
                        .formatted(connections) + "a besoin d’un canal ; a-t-elle besoin d’une connexion à elle ?");
        require(accepted <= measured, "vous prédisez %d réussites ; la machine en a compté moins. Combien de canaux accepte-t-elle à la "
                .formatted(accepted) + "fois, et que fait-elle des autres ?");
        require(accepted >= measured,
                "vous prédisez %d réussites ; la machine en a compté plus. Combien de canaux une connexion porte-t-elle ?"
                        .formatted(accepted));
        require(seconds >= SLEEP, "vous prédisez moins d’une demi-seconde : c’est moins que ce que dure une seule commande.");
        require(seconds <= 2 * SLEEP, "vous prédisez %s s : ce serait vrai de commandes qui s’attendent. Celles-ci travaillent ensemble."
                .formatted(String.valueOf(seconds).replace('.', ',')));
    }

    // ---------------------------------------------------------------- 2

    /** Vérifie {@code askAllWithin}. Bloque jusqu'à la réponse, 5 secondes au plus. */
    public static Verdict askAll(AskAll answer) throws IOException, InterruptedException {
        var park = SshPark.named("exercice 2");
        var names = List.of("figee", "lente", "alpha", "bravo", "charlie", "arretee", "delta", "echo", "foxtrot");
        var machines = park.startAll(names);
        for (var machine : machines.values()) machine.latency(Duration.ofMillis(250));
        Files.write(park.ssh().resolve("known_hosts"), park.knownHosts());
        try {
            machines.get("figee").freeze();
            machines.get("lente").latency(Duration.ofMinutes(1));
            machines.get("arretee").close();
            park.journal().clear();
            return Exercise.check("une seule échéance pour toutes les machines, et rien ne reste ouvert. Comparez avec la solution : qui "
                    + "réveille les tâches en retard ?", NET, () -> checkAnswers(answer, park, machines));
        } finally {
            park.closeAll();
        }
    }

    private static void checkAnswers(AskAll answer, SshPark park, Map<String, SshMachine> machines) throws Exception {
        var names = List.copyOf(machines.keySet());
        var start = System.nanoTime();
        List<SshAnswer> found;
        try {
            found = new Scenes().play(Duration.ofMillis(3900), () -> held(park.journal()),
                    () -> answer.of(park.ssh(), names, "hostname", PLACES, DEADLINE));
        } catch (CancellationException e) {
            require(false,
                    "votre code lance CancellationException : une tâche annulée n’a pas de valeur. Demandez-lui d’abord isCancelled().");
            return;
        } catch (ExecutionException e) {
            require(false,
                    "l’échec d’une seule tâche (" + e.getCause().getClass().getSimpleName() + ") a fait perdre toutes les réponses.");
            return;
        }
        var seconds = (System.nanoTime() - start) / 1e9;
        require(found != null && !found.isEmpty(), "la liste rendue est vide. Il faut une réponse par machine.");
        require(found.stream().noneMatch(Objects::isNull),
                "la liste rendue contient null : donnez à chaque machine sa réponse, même absente.");
        var most = park.journal().mostAtOnce();
        require(most > 1, "les machines ont travaillé l’une après l’autre : la première en panne a pris tout le temps.");
        require(most <= PLACES,
                "les machines ont été %d à travailler à la fois, au lieu de %d au plus. Toutes doivent partager le même Throttle."
                        .formatted(most, PLACES));
        require(seconds < 3.9, "la limite était de 2,5 secondes pour toutes les machines ; votre méthode a rendu la main après %s s. %s"
                .formatted("%.1f".formatted(seconds).replace('.', ','), HELD));
        require(found.size() <= names.size(), found.size() + " réponses pour " + names.size() + " machines" + SHARED);
        require(found.size() == names.size(), found.size() + " réponses pour " + names.size()
                + " machines. Celle qui n’a pas fini à temps en a une aussi : SshAnswer.late.");
        require(hosts(found).equals(names),
                "les réponses ne sont pas dans l’ordre des machines : " + String.join(", ", hosts(found)) + SHARED);
        for (var one : found) {
            var late = one.host().equals("figee") || one.host().equals("lente") || one.host().equals("arretee");
            require(late || Objects.equals(one.code(), 0) && one.out().equals(one.host()),
                    one.host() + " allait bien, et sa réponse manque : elle n’a pas eu de place à temps, ou vous l’avez perdue.");
            require(!late || one.code() == null, one.host() + " n’a pas répondu, et vous lui donnez le code " + one.code() + ".");
        }
        require(park.awaitCommands(0, Duration.ofMillis(700)),
                "votre méthode a rendu la main, mais des connexions restent ouvertes. Qui ferme le client ?");
    }

    private static List<String> hosts(List<SshAnswer> answers) {
        return answers.stream().map(SshAnswer::host).toList();
    }

    private static final String SHARED =
            ". Si plusieurs threads remplissent la même liste, ils peuvent aussi en perdre, et les retardataires "
                    + "y ajoutent encore après vous : que chaque tâche rende sa réponse, et qu’un seul thread les range.";
    private static final String HELD =
            "Ou bien chaque attente a la limite entière pour elle, ou bien personne n’a réveillé les tâches qui sont "
                    + "dans « waitFor » : fermez le client avant d’attendre la fin des threads.";

    private static String held(SshJournal journal) {
        var start = "la limite était de 2,5 secondes pour toutes les machines ; votre méthode n’a pas rendu la main en 3,9 secondes. ";
        return start + (journal.works().isEmpty() ? "Aucune machine n’a encore répondu : la première en panne prend-elle tout le temps ?"
                : HELD);
    }

    // ---------------------------------------------------------------- 3

    /** Un compte rendu qui voit deux threads s'y croiser : le premier attend un peu que quelqu'un d'autre entre. */
    private static final class Watched extends SshReport {
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicBoolean first = new AtomicBoolean(true);
        private final CountDownLatch crossed = new CountDownLatch(1);

        @Override
        public void add(String host, boolean good) {
            calls.incrementAndGet();
            if (inside.incrementAndGet() > 1) crossed.countDown();
            try {
                if (first.getAndSet(false)) new Patience(Duration.ofMillis(1200)).await(crossed);
                synchronized (this) {
                    super.add(host, good);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public synchronized Map<String, Boolean> copies() {
            return super.copies();
        }

        boolean wasCrossed() {
            return crossed.getCount() == 0;
        }
    }

    /** Vérifie {@code copyAll}. Bloque jusqu'à la réponse, 5 secondes au plus. */
    public static Verdict copyAll(CopyAll answer) throws IOException, InterruptedException {
        var park = SshPark.named("exercice 3");
        var machines = park.startAll(List.of("alpha", "bravo", "charlie", "delta", "echo"));
        Files.write(park.ssh().resolve("known_hosts"), park.knownHosts());
        for (var machine : machines.values()) {
            machine.latency(Duration.ofMillis(250));
            Files.deleteIfExists(machine.home().resolve("envoi.txt"));
        }
        machines.get("bravo").close();
        machines.get("delta").badDisk();
        var file = Files.writeString(park.ssh().resolveSibling("envoi.txt"), "un fichier de plusieurs paquets\n".repeat(5000));
        park.journal().clear();
        try (var client = newClient(park.ssh())) {
            return Exercise
                    .check("toutes les machines à la fois, et un seul thread à la fois dans le compte rendu. Essayez maintenant avec un "
                            + "verrou, ou sans : lequel se lit le mieux ?", NET, () -> checkCopies(answer, client, file, park, machines));
        } finally {
            park.closeAll();
        }
    }

    private static void checkCopies(CopyAll answer, SshClient client, Path file, SshPark park, Map<String, SshMachine> machines)
            throws Exception {
        var report = new Watched();
        Callable<Void> scene = () -> {
            answer.of(client, List.copyOf(machines.keySet()), file, report);
            return null;
        };
        try {
            new Scenes().play(Duration.ofMillis(3900), () -> "votre méthode n’a pas fini en 3,9 secondes ; notées jusqu’ici : "
                    + report.copies().keySet() + ".", scene);
        } catch (IOException | ExecutionException e) {
            require(false,
                    "la panne d’une machine arrête tout (" + SshFolder.explain(e) + ") ; notées avant elle : " + report.copies().keySet()
                            + ". Une machine injoignable compte pour false.");
        }
        var found = report.copies();
        require(!found.isEmpty(), "le compte rendu est vide.");
        var most = park.journal().mostAtOnce();
        require(most > 1, "les machines ont travaillé l’une après l’autre. Un thread virtuel pour chacune.");
        require(!report.wasCrossed(), "deux threads étaient ensemble dans SshReport, qui n’est pas fait pour cela. Qu’un seul thread le "
                + "remplisse, ou qu’un verrou les fasse passer un par un.");
        var expected = new LinkedHashMap<String, Boolean>();
        machines.keySet().forEach(name -> expected.put(name, !List.of("bravo", "delta").contains(name)));
        var missing = machines.keySet().stream().filter(name -> !found.containsKey(name)).toList();
        require(missing.isEmpty(), "le compte rendu ne dit rien de " + missing + ". Une machine injoignable compte pour false.");
        require(report.calls.get() == machines.size(),
                report.calls.get() + " lignes au compte rendu pour " + machines.size() + " machines.");
        require(!found.get("delta"), "le disque de delta a changé un octet, à taille égale, et vous notez true. Servez-vous de « copy ».");
        require(found.equals(expected), "vous notez " + found + ", au lieu de " + expected + ".");
        for (var name : List.of("alpha", "charlie", "echo")) {
            var copy = machines.get(name).home().resolve("envoi.txt");
            require(Files.exists(copy) && Files.mismatch(file, copy) == -1,
                    name + " n’a pas la bonne copie, sous le même nom que l’original.");
        }
        require(!Files.exists(machines.get("delta").home().resolve("envoi.txt")), "la mauvaise copie de delta est restée sur la machine.");
        require(park.awaitCommands(0, Duration.ofMillis(700)), "des connexions restent ouvertes. Qui ferme les sessions ?");
    }

    // ---------------------------------------------------------------- commun

    private static ClientSession connect(SshClient client, SshMachine machine) throws IOException {
        var session = client.connect(machine.name()).verify(LIMIT).getSession();
        session.auth().verify(LIMIT);
        return session;
    }

    private static SshClient newClient(Path ssh) throws IOException {
        var client = SshClient.setUpDefaultClient();
        client.setHostConfigEntryResolver(SshFolder.hosts(ssh));
        client.setKeyIdentityProvider(SshFolder.keys(ssh));
        SshFolder.trust(client, ssh);
        client.start();
        return client;
    }
}
