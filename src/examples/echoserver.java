///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw echo-server 8080

//JAVA 25+
//SOURCES ../cli/Command.java ../asynchelpers/AsyncHelpers.java ../asynchelpers/EchoServer.java

import static asynchelpers.AsyncHelpers.*;

import asynchelpers.AsyncHelpers;
import asynchelpers.EchoServer;
import cli.Command;

final String HELP = """
        Usage : ./jbangw echo-server [port]

        Démarre un serveur d'écho TCP sur cette machine : il attend une seconde, puis renvoie tout ce qu'il reçoit.
          port     port d'écoute (8080) ; 0 pour un port libre, choisi par le système
        Ctrl-C l'arrête : le port est libéré, les connexions sont fermées, et le code de sortie est 130.
        """;

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var port = arguments.number("Port", 0, 65535, 8080);
        arguments.end();
        startTimer();
        try (var server = EchoServer.start(port, 1, AsyncHelpers::showTimer)) {
            Command.closeOnExit(server, "Serveur arrêté : port libéré, connexions fermées.");
            showTimer("serveur d'écho sur 127.0.0.1:" + server.port() + ", Ctrl-C pour l'arrêter");
            server.awaitClose();
        }
    });
}
