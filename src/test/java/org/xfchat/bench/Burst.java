package org.xfchat.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/** So many requests as fast as answers come, each of which must be a success. */
final class Burst {
    private final LoadClient client;
    private final List<HttpConnection> connections = new ArrayList<>();
    private final LongFunction<HttpConnection.Request> requests;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int toSend;
    private int toAnswer;

    Burst(
            LoadClient client,
            List<Integer> ports,
            int connections,
            int count,
            LongFunction<HttpConnection.Request> requests) {
        this.client = client;
        this.requests = requests;
        this.toSend = count;
        this.toAnswer = count;
        for (int i = 0; i < connections; i++) {
            this.connections.add(HttpConnection.open(client, ports.get(i % ports.size())));
        }
    }

    void run() {
        client.run(() -> connections.forEach(this::next));
        done.orTimeout(2, TimeUnit.MINUTES).join();
        connections.forEach(HttpConnection::close);
    }

    private void next(HttpConnection connection) {
        if (toSend == 0) {
            return;
        }
        toSend--;
        connection.send(requests.apply(System.nanoTime()), status -> {
            if (status / 100 != 2) {
                done.completeExceptionally(new AssertionError("an answer " + status));
            } else if (--toAnswer == 0) {
                done.complete(null);
            } else {
                next(connection);
            }
        });
    }
}
