"""Un serveur d'écho, avec asyncio, pour comparer : voir EchoBench.java.

Usage : python echo.py asyncio|uvloop

Écrit son port, et s'arrête quand son entrée se ferme.
"""
import asyncio
import sys


class Echo(asyncio.Protocol):
    """La façon la plus rapide : sans flux (StreamReader), sans tâche par client."""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0, backlog=1024)
    print(f"port={server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if sys.argv[1] == "uvloop":
    import uvloop as library_of_loops
else:
    library_of_loops = asyncio
library_of_loops.new_event_loop().run_until_complete(main())
