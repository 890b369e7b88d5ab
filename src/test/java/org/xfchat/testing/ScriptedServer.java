package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers each connection as a test says, byte for byte; the last answer serves every further connection as well. */
final class ScriptedServer implements AutoCloseable {
    /** What to do with a connection after its request was read. */
    interface Answer {
        void to(Socket connection) throws IOException;
    }

    private final ServerSocket server;
    private final List<Answer> answers;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    ScriptedServer(Answer... answers) {
        this.answers = List.of(answers);
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread thread = new Thread(this::accept, "scripted server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            for (int i = 0; ; i++) {
                Socket connection = server.accept();
                connections.add(connection);
                requests.add(request(connection.getInputStream()));
                try {
                    answers.get(Math.min(i, answers.size() - 1)).to(connection);
                } catch (IOException gone) {
                    // The client had enough.
                }
            }
        } catch (IOException closed) {
            // So is the server.
        }
    }

    /** Head and, with a Content-Length, body. */
    private static String request(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            head.append((char) octet);
            if (head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                break;
            }
        }
        int at = head.indexOf("Content-Length: ");
        if (at >= 0) {
            int length = Integer.parseInt(head.substring(at + 16, head.indexOf("\r", at)));
            head.append(new String(in.readNBytes(length), ISO_8859_1));
        }
        return head.toString();
    }

    /** Writes the text and leaves the connection open. */
    static Answer open(String text) {
        return connection -> {
            connection.getOutputStream().write(text.getBytes(ISO_8859_1));
            connection.getOutputStream().flush();
        };
    }

    /** Writes the text and closes the connection. */
    static Answer closed(String text) {
        return connection -> {
            open(text).to(connection);
            connection.close();
        };
    }

    /** A head that says to be chunked, and the pieces, a chunk each, without the last chunk. */
    static String chunked(int status, String... pieces) {
        StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + " X\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (String piece : pieces) {
            answer.append(Integer.toHexString(piece.length()))
                    .append("\r\n")
                    .append(piece)
                    .append("\r\n");
        }
        return answer.toString();
    }

    int port() {
        return server.getLocalPort();
    }

    /** The requests so far, as they came. */
    List<String> requests() {
        return requests;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
