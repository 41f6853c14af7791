// Un serveur d'écho en Go, pour comparer : une goroutine par client. Voir EchoBench.java.
// Écrit son port, et s'arrête quand son entrée se ferme.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func echo(client net.Conn) {
	defer client.Close()
	block := make([]byte, 16*1024)
	for {
		length, err := client.Read(block)
		if err != nil {
			return
		}
		if _, err := client.Write(block[:length]); err != nil {
			return
		}
	}
}

func main() {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("port=%d\n", server.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			client, err := server.Accept()
			if err == nil {
				go echo(client)
			}
		}
	}()
	io.Copy(io.Discard, os.Stdin)
}
