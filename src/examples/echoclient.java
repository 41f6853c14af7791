///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw echo-client 0 Bonjour 30

//JAVA 25+
//SOURCES ../cli/Command.java ../cli/OwnServer.java ../asynchelpers/AsyncHelpers.java ../asynchelpers/EchoClient.java

import static asynchelpers.AsyncHelpers.*;

import asynchelpers.EchoClient;
import cli.Command;
import cli.OwnServer;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

final String HELP = """
        Usage : ./jbangw echo-client [port] [message] [clients]

        Envoie un message au serveur d'écho de cette machine et affiche ce qu'il renvoie. Démarrez-le d'abord :
        ./jbangw echo-server
          port     port du serveur ; sans port, ou 0 : celui du serveur que vous avez lancé en dernier
          message  texte à envoyer (Hey)
          clients  nombre de clients, tous à la fois (1)
        """;

final String NO_SERVER = "Aucun serveur d'écho à vous ne tourne : démarrez ./jbangw echo-server dans un autre terminal, ou donnez le port "
        + "d'un serveur.";

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var chosen = arguments.number("Port", 0, 65535, 0);
        var message = arguments.text("Hey");
        var nbClients = arguments.number("Nombre de clients", 1, 10_000, 1);
        arguments.end();
        var port = chosen > 0 ? chosen : new OwnServer("echo").port(NO_SERVER);
        startTimer();
        hurd(nbClients, port, message);
    });
}

void hurd(int nbClients, int port, String message) throws Exception {
    var clients = IntStream.range(0, nbClients).mapToObj(i -> client("client#%03d".formatted(i), port, message)).toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var result : threads.invokeAll(clients)) result.get();  // get : l'échec d'un client doit se voir
    }
}

Callable<Void> client(String name, int port, String message) {
    return () -> {
        try (var client = EchoClient.connect(port)) {
            showTimer(name, "envoie", message);
            showTimer(name, "reçoit", client.echo(message));
        }
        return null;
    };
}
