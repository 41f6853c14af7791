///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw bench echo

//JAVA 25+
//DEPS io.netty:netty-handler:4.2.13.Final

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Le serveur d'écho que montre la documentation de Netty, pour comparer. Écrit son port, et s'arrête quand son entrée se ferme. */
public final class NettyEcho {
    private NettyEcho() {}

    public static void main(String... args) throws Exception {
        var threads = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
        var server = new ServerBootstrap().group(threads).channel(NioServerSocketChannel.class).option(ChannelOption.SO_BACKLOG, 1024)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        client.pipeline().addLast(new Echo());
                    }
                }).bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
        IO.println("port=" + ((InetSocketAddress) server.localAddress()).getPort());
        while (System.in.read() >= 0) {}
        threads.shutdownGracefully();
    }

    /** Renvoie ce qui est arrivé, et l'envoie quand il n'y a plus rien à lire. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext client, Object message) {
            client.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext client) {
            client.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext client, Throwable cause) {
            client.close();
        }
    }
}
