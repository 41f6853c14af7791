///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw fetch-all 8 http://127.0.0.1:8081/un http://127.0.0.1:8081/deux

//JAVA 25+
//SOURCES ../cli/Command.java ../cli/OwnServer.java ../asynchelpers/AsyncHelpers.java ../asynchelpers/Throttle.java

import static asynchelpers.AsyncHelpers.*;

import asynchelpers.Throttle;
import cli.Arguments;
import cli.Command;
import cli.OwnServer;
import cli.UserError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

final String HELP = """
        Usage : ./jbangw fetch-all [places] [adresse]...

        Demande toutes ces adresses, chacune dans son thread virtuel, mais pas plus de demandes à la fois que de places.
        Chaque ligne montre le code de la réponse, sa taille et l'adresse.
          places   nombre de places (8)
          adresse  une adresse http:// ou https:// ; sans adresse, douze pages de votre slow-server
        Le code de sortie est 1 si une adresse n'a pas répondu.
        """;

final String NO_SERVER = "Votre serveur lent ne tourne pas : démarrez ./jbangw slow-server dans un autre terminal, ou donnez des adresses.";
final Duration LIMIT = Duration.ofSeconds(10);

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var places = arguments.number("Nombre de places", 1, 10_000, 8);
        var uris = addresses(arguments);
        startTimer();
        var failures = fetchAll(uris, new Throttle(places));
        if (failures > 0) throw new IOException("Sans réponse : %d sur %d.".formatted(failures, uris.size()));
    });
}

List<URI> addresses(Arguments arguments) throws UserError {
    var uris = new ArrayList<URI>();
    for (var uri = arguments.address(); uri.isPresent(); uri = arguments.address()) uris.add(uri.get());
    if (!uris.isEmpty()) return uris;
    var port = new OwnServer("slow-server").port(NO_SERVER);
    return IntStream.rangeClosed(1, 12).mapToObj(page -> URI.create("http://127.0.0.1:%d/page/%d".formatted(port, page))).toList();
}

/** Rend le nombre d'adresses qui n'ont pas répondu. */
int fetchAll(List<URI> uris, Throttle throttle) throws Exception {
    try (var client = HttpClient.newBuilder().connectTimeout(LIMIT).followRedirects(HttpClient.Redirect.NORMAL).build();
         var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var failures = 0;
        for (var answered : threads.invokeAll(uris.stream().map(uri -> fetch(client, uri, throttle)).toList()))
            if (!answered.get()) failures++;
        return failures;
    }
}

Callable<Boolean> fetch(HttpClient client, URI uri, Throttle throttle) {
    return () -> {
        try (var _ = throttle.enter()) {
            showTimer(">>>", uri);
            // timeout ne couvre que l'attente des en-têtes, jusqu'à Java 25 : un corps sans fin occuperait sa place
            var request = HttpRequest.newBuilder(uri).timeout(LIMIT).build();
            var response = client.send(request, BodyHandlers.ofByteArray());
            showTimer("<<<", response.statusCode(), response.body().length, "octets :", uri);
            return true;
        } catch (IOException e) {
            showTimer("xxx", reason(e), ":", uri);
            return false;
        }
    };
}

/** ConnectException n'a pas de message ; les autres en ont un, en anglais. */
String reason(IOException failure) {
    return switch (failure) {
        case HttpTimeoutException _ -> "aucune réponse en %d secondes".formatted(LIMIT.toSeconds());
        case ConnectException _ -> "personne n'écoute à cette adresse, ou son nom est inconnu";
        default -> "échange interrompu (%s)".formatted(failure.getMessage());
    };
}
