package org.xfchat.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stands between lanes and PostgreSQL, and cuts a connection at the worst moment: COMMIT is sent, its answer is not. */
final class CutConnection implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final int server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile boolean losing;
    private volatile boolean lost;

    CutConnection(int server) throws IOException {
        this.server = server;
        start(this::serve);
    }

    int port() {
        return socket.getLocalPort();
    }

    void loseFirstCommit() {
        losing = true;
    }

    boolean hasLost() {
        return lost;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cut connection");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() {
        try {
            while (!socket.isClosed()) {
                Socket client = socket.accept();
                Socket target = new Socket(InetAddress.getLoopbackAddress(), server);
                open.add(client);
                open.add(target);
                AtomicBoolean swallows = new AtomicBoolean();
                start(() -> forward(client, target, swallows, true));
                start(() -> forward(target, client, swallows, false));
            }
        } catch (IOException closed) {
            assert socket.isClosed() : closed;
        }
    }

    private void forward(Socket from, Socket to, AtomicBoolean swallows, boolean toServer) {
        byte[] buffer = new byte[1 << 16];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (swallows.get()) {
                    lost = true;
                    return;
                }
                // The driver says it in so many words only the first time on a connection.
                if (toServer && losing && new String(buffer, 0, read, StandardCharsets.ISO_8859_1).contains("COMMIT")) {
                    losing = false;
                    swallows.set(true);
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException ended) {
            // Either side has closed its end, and with that both are closed.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
