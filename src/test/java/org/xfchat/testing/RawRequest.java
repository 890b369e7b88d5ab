package org.xfchat.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.restassured.RestAssured;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

/** A request that no HTTP library would send, on a connection of its own. */
public record RawRequest(String method, String target, Person person) {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int CHUNK = 64 << 10;

    /**
     * Sends it with a body.
     *
     * @param chunked in chunks (RFC 9112 section 7.1) instead of with a {@code Content-Length}
     * @param headers whole lines without their ends
     * @return the status; 0 when the connection ended without an answer
     */
    public int send(byte[] body, boolean chunked, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        head.append("Authorization: Bearer ").append(person.token()).append("\r\n");
        head.append(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length)
                .append("\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
        request.writeBytes(chunked ? chunks(body) : body);
        return send(request.toByteArray());
    }

    private static byte[] chunks(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < body.length; at += CHUNK) {
            int length = Math.min(CHUNK, body.length - at);
            out.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(ISO_8859_1));
            out.write(body, at, length);
            out.writeBytes("\r\n".getBytes(ISO_8859_1));
        }
        out.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
        return out.toByteArray();
    }

    /** Sends any bytes; the status, or 0 when the connection ended without an answer. */
    public static int send(byte[] request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            // Beside the reading, because a refusal may come before everything is sent.
            Thread writer = new Thread(() -> write(socket, request), "raw request");
            writer.setDaemon(true);
            writer.start();
            return status(socket.getInputStream());
        } catch (IOException failed) {
            throw new AssertionError("no connection, or neither an answer nor an end of it", failed);
        }
    }

    /** Sends any text; all that comes until the other side ends the connection. */
    public static String answer(String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (java.net.SocketException reset) {
                // What came before is the answer.
            }
            return answer.toString(ISO_8859_1);
        } catch (IOException failed) {
            throw new AssertionError("no connection, or no end of it: " + request, failed);
        }
    }

    private static void write(Socket socket, byte[] request) {
        try {
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
        } catch (IOException refused) {
            // The server need not read what it refuses; its answer is what counts.
        }
    }

    private static int status(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        try {
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                line.append((char) c);
            }
        } catch (java.net.SocketException reset) {
            return 0;
        }
        return line.toString().startsWith("HTTP/1.") ? Integer.parseInt(line.substring(9, 12)) : 0;
    }
}
