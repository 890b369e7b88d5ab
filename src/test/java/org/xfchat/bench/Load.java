package org.xfchat.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;

/** Requests over so many connections, in a closed or an open loop. Runs on its client's one thread. */
final class Load {
    private static final Duration WARM_UP = Duration.ofSeconds(Long.getLong("bench.warm-up", 5));
    private static final Duration MEASURED = Duration.ofSeconds(Long.getLong("bench.seconds", 10));
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final int DIGITS = 3;

    private final LoadClient client;
    private final List<HttpConnection> connections = new ArrayList<>();

    /** Gets when the request should be sent, in nanoseconds. */
    private final LongFunction<HttpConnection.Request> requests;

    private final Histogram micros = new Histogram(DIGITS);
    private final Map<Integer, Long> statuses = new HashMap<>();
    private final Deque<HttpConnection> idle = new ArrayDeque<>();
    private final Deque<Long> overdue = new ArrayDeque<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long measureFrom;
    private long measureTo;
    private long good;
    private int busy;

    /** @param requests makes the next one, given when it should be sent, of {@link System#nanoTime} */
    Load(LoadClient client, List<Integer> ports, int connections, LongFunction<HttpConnection.Request> requests) {
        this.client = client;
        this.requests = requests;
        for (int i = 0; i < connections; i++) {
            this.connections.add(HttpConnection.open(client, ports.get(i % ports.size())));
        }
    }

    /** As fast as answers come, for the usual time. */
    Outcome closed() {
        return closed(WARM_UP, MEASURED);
    }

    Outcome closed(Duration warmUp, Duration measured) {
        client.run(() -> {
            begin(warmUp, measured);
            connections.forEach(this::next);
        });
        return outcome(warmUp.plus(measured));
    }

    /** So many a second, whatever the answers do, for the usual time. */
    Outcome open(double perSecond) {
        return open(perSecond, WARM_UP, MEASURED);
    }

    Outcome open(double perSecond, Duration warmUp, Duration measured) {
        client.run(() -> {
            begin(warmUp, measured);
            idle.addAll(connections);
            double start = System.nanoTime();
            arrive(start, TimeUnit.SECONDS.toNanos(1) / perSecond, 0);
        });
        return outcome(warmUp.plus(measured));
    }

    private void begin(Duration warmUp, Duration measured) {
        measureFrom = System.nanoTime() + warmUp.toNanos();
        measureTo = measureFrom + measured.toNanos();
    }

    private Outcome outcome(Duration time) {
        done.orTimeout(time.plus(DRAIN).toMillis(), TimeUnit.MILLISECONDS).join();
        connections.forEach(HttpConnection::close);
        return new Outcome(good * 1e9 / (measureTo - measureFrom), micros, statuses);
    }

    private void next(HttpConnection connection) {
        long now = System.nanoTime();
        if (now - measureTo >= 0) {
            if (busy == 0) {
                done.complete(null);
            }
            return;
        }
        send(connection, now, () -> next(connection));
    }

    private void arrive(double start, double every, long sent) {
        long now = System.nanoTime();
        long count = sent;
        for (; start + count * every <= now && now - measureTo < 0; count++) {
            overdue.add((long) (start + count * every));
        }
        sendOverdue();
        if (now - measureTo < 0) {
            long next = count;
            client.runAfter(1, () -> arrive(start, every, next));
        } else if (busy == 0 && overdue.isEmpty()) {
            done.complete(null);
        } else {
            client.runAfter(1, () -> arrive(start, every, 0));
        }
    }

    private void sendOverdue() {
        while (!overdue.isEmpty() && !idle.isEmpty()) {
            HttpConnection connection = idle.remove();
            send(connection, overdue.remove(), () -> {
                idle.add(connection);
                sendOverdue();
            });
        }
    }

    private void send(HttpConnection connection, long due, Runnable then) {
        busy++;
        connection.send(requests.apply(due), status -> {
            busy--;
            long now = System.nanoTime();
            statuses.merge(status, 1L, Long::sum);
            if (status / 100 == 2 && due - measureFrom >= 0 && now - measureTo < 0) {
                good++;
            }
            if (status / 100 == 2 && due - measureFrom >= 0 && due - measureTo < 0) {
                micros.recordValue(Math.max(1, (now - due) / 1_000));
            }
            if (status == HttpConnection.CUT) {
                // Not again and again, as fast as a closed connection fails.
                client.runAfter(1_000, then);
            } else {
                then.run();
            }
        });
    }
}
