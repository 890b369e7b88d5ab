package org.xfchat.packaged;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Lets everybody log in as PostgreSQL does (PostgreSQL manual, section 55.2.1), and answers no query. */
final class HalfDeadServer implements AutoCloseable {
    private final ServerSocket socket;

    HalfDeadServer() throws IOException {
        socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "half-dead server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        try {
            while (!socket.isClosed()) {
                // Left open on purpose: the process that connected ends first.
                logIn(socket.accept());
            }
        } catch (IOException closed) {
            assert socket.isClosed() : closed;
        }
    }

    private static void logIn(Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        in.skipNBytes(in.readInt() - 4L);
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        // AuthenticationOk
        out.writeByte('R');
        out.writeInt(8);
        out.writeInt(0);
        parameter(out, "server_version", "15.0");
        parameter(out, "client_encoding", "UTF8");
        parameter(out, "DateStyle", "ISO, MDY");
        parameter(out, "integer_datetimes", "on");
        parameter(out, "standard_conforming_strings", "on");
        // ReadyForQuery, idle
        out.writeByte('Z');
        out.writeInt(5);
        out.writeByte('I');
        out.flush();
    }

    private static void parameter(DataOutputStream out, String name, String value) throws IOException {
        out.writeByte('S');
        out.writeInt(4 + name.length() + value.length() + 2);
        out.writeBytes(name);
        out.writeByte(0);
        out.writeBytes(value);
        out.writeByte(0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
