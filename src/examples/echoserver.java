///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw echo-server

//JAVA 25+
//SOURCES ../cli/Command.java ../cli/OwnServer.java ../asynchelpers/AsyncHelpers.java ../asynchelpers/EchoServer.java
//SOURCES ../asynchelpers/Sockets.java

import static asynchelpers.AsyncHelpers.*;
import static asynchelpers.Sockets.firstFree;

import asynchelpers.AsyncHelpers;
import asynchelpers.EchoServer;
import cli.Command;
import cli.OwnServer;
import java.io.IOException;

final String HELP = """
        Usage : ./jbangw echo-server [port]

        Démarre un serveur d'écho TCP sur cette machine : il attend une seconde, puis renvoie tout ce qu'il reçoit.
          port     port d'écoute (le premier libre à partir de 8080) ; 0 pour un port libre, choisi par le système
        Ctrl-C l'arrête : le port est libéré, les connexions sont fermées, et le code de sortie est 130.
        """;

void main(String... args) {
    Command.run(HELP, args, arguments -> {
        var port = arguments.number("Port", 0, 65535, -1);
        arguments.end();
        startTimer();
        try (var server = port < 0 ? firstFree(8080, this::start) : start(port)) {
            Command.closeOnExit(server, "Serveur arrêté : port libéré, connexions fermées.");
            new OwnServer("echo").announce(server.port());
            showTimer("serveur d'écho sur 127.0.0.1:" + server.port() + ", Ctrl-C pour l'arrêter");
            server.awaitClose();
        }
    });
}

EchoServer start(int port) throws IOException {
    return EchoServer.start(port, 1, AsyncHelpers::showTimer);
}
