///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw slow-server

//JAVA 25+
//SOURCES ../cli/Command.java ../cli/OwnServer.java ../asynchelpers/AsyncHelpers.java ../asynchelpers/Sockets.java

import static asynchelpers.AsyncHelpers.*;
import static asynchelpers.Sockets.firstFree;
import static java.nio.charset.StandardCharsets.UTF_8;

import cli.Command;
import cli.OwnServer;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

final String HELP = """
        Usage : ./jbangw slow-server [port] [visites]

        Démarre un serveur HTTP sur cette machine : toute page y prend une seconde.
          port     port d'écoute (le premier libre à partir de 8081) ; 0 pour un port libre, choisi par le système
          visites  visites à la fois, au plus (10) ; les autres reçoivent 503, « service indisponible »
        Ctrl-C l'arrête : le port est libéré, et le code de sortie est 130.
        """;

final AtomicInteger active = new AtomicInteger();

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var port = arguments.number("Port", 0, 65535, -1);
        var limit = arguments.number("Nombre de visites", 1, 100_000, 10);
        arguments.end();
        var server = port < 0 ? firstFree(8081, this::listen) : listen(port);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());  // sans cette ligne, une page à la fois
        server.createContext("/", exchange -> answer(exchange, limit));
        Command.closeOnExit(() -> server.stop(0), "Serveur arrêté : port libéré, connexions fermées.");
        startTimer();
        server.start();
        new OwnServer("slow-server").announce(server.getAddress().getPort());
        showTimer("serveur sur http://127.0.0.1:" + server.getAddress().getPort() + "/, Ctrl-C pour l'arrêter");
        new CountDownLatch(1).await();
    });
}

HttpServer listen(int port) throws IOException {
    try {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    } catch (BindException e) {
        throw new BindException("Le port %d est déjà occupé, ou réservé : choisissez-en un autre (0 : un port libre).".formatted(port));
    }
}

void answer(HttpExchange exchange, int limit) throws IOException {
    try (exchange) {
        var status = serve(exchange, limit);  // la visite est finie avant la réponse : celle-ci reçue, le client peut déjà revenir
        var body = (status == 200 ? "Une page lente.\n" : "Trop de visites à la fois.\n").getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
        // le serveur s'arrête : la connexion est fermée sans réponse
    }
}

int serve(HttpExchange exchange, int limit) throws InterruptedException {
    var visits = active.incrementAndGet();
    try {
        var status = visits <= limit ? 200 : 503;
        showTimer(exchange.getRequestMethod(), exchange.getRequestURI(), ":", status, "; visites :", visits);
        if (status == 200) Thread.sleep(1000);
        else exchange.getResponseHeaders().set("Retry-After", "1");
        return status;
    } finally {
        active.decrementAndGet();
    }
}
