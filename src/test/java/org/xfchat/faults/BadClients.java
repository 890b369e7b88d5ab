package org.xfchat.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.Request;
import org.xfchat.testing.Person;

/** Clients that keep what they were given, and give nothing. */
final class BadClients implements AutoCloseable {
    private static final int AT_EACH_REPLICA = 20;

    private final List<HttpStream> streams = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();

    private BadClients() {}

    /** They ask for everything; half of them read slowly, the others never. */
    static BadClients slowReaders(Cluster cluster, Scene scene, Random random) {
        BadClients clients = new BadClients();
        for (Replica replica : cluster.replicas()) {
            for (int i = 0; i < AT_EACH_REPLICA; i++) {
                UUID conversation = scene.conversations()
                        .get(random.nextInt(scene.conversations().size()));
                boolean braid = random.nextBoolean();
                boolean slow = random.nextBoolean();
                Map<String, String> headers = Map.of(
                        "Authorization",
                        "Bearer " + scene.members().get(0).token(),
                        braid ? "Parents" : "Last-Event-ID",
                        braid ? '"' + conversation.toString() + '"' : "0",
                        braid ? "Subscribe" : "Accept",
                        braid ? "true" : "text/event-stream");
                Request request = Request.get(Person.logPath(conversation), headers);
                HttpStream stream = HttpStream.open(
                        replica.port(),
                        new Request(request.method(), request.target(), headers, "", Long.MAX_VALUE, false, 4 << 10),
                        (reading, piece) -> {
                            if (!slow) {
                                reading.pause();
                            }
                        });
                if (slow) {
                    stream.readSlowly(512, Duration.ofMillis(5));
                }
                clients.streams.add(stream);
            }
        }
        return clients;
    }

    /** They connect, begin a request, and never end it. */
    static BadClients halfOpen(Cluster cluster, Scene scene, Random random) {
        BadClients clients = new BadClients();
        for (Replica replica : cluster.replicas()) {
            for (int i = 0; i < AT_EACH_REPLICA; i++) {
                String body = "{\"content\":\"never complete\",\"message_type\":\"text\"}";
                String request = "PUT "
                        + Person.messagePath(
                                scene.conversations().get(0), new UUID(random.nextLong(), random.nextLong()))
                        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                        + scene.members().get(0).token() + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
                // All but the last byte at most.
                String part = request.substring(0, random.nextInt(request.length()));
                try {
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), replica.port());
                    clients.sockets.add(socket);
                    socket.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        }
        return clients;
    }

    @Override
    public void close() {
        streams.forEach(HttpStream::close);
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
