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
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** Requests over so many connections, in a closed or an open loop. Runs on its client's one thread. */
final class Load {
    static final Duration MEASURED = Duration.ofSeconds(Long.getLong("bench.seconds", 15));

    /** The rate is steady when so many seconds brought hardly more than as many before them. */
    private static final int STEADY_SECONDS = 3;

    private static final double HARDLY_MORE = 1.03;

    /** Whatever is not steady by then never will be. */
    private static final int LONGEST_WARM_UP_SECONDS = 40;

    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final int DIGITS = 3;

    private final LoadClient client;

    /** What all has cost so far. */
    private final Supplier<Cost> costs;

    private final List<HttpConnection> connections = new ArrayList<>();

    /** Gets when the request should be sent, in nanoseconds. */
    private final LongFunction<HttpConnection.Request> requests;

    private final Histogram micros = new Histogram(DIGITS);
    private final Map<Integer, Long> statuses = new HashMap<>();
    private final Deque<HttpConnection> idle = new ArrayDeque<>();
    private final Deque<Long> overdue = new ArrayDeque<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Successful answers of each second of warming up. */
    private final List<Long> seconds = new ArrayList<>();

    private boolean wasSteady;

    private long measureFrom;
    private long measureTo;
    private Cost before = Cost.NONE;
    private Cost after = Cost.NONE;
    private long good;
    private long goodEver;
    private int busy;

    /**
     * @param costs what the service, PostgreSQL and the load have cost so far
     * @param requests makes the next one, given when it should be sent, of {@link System#nanoTime}
     */
    Load(
            LoadClient client,
            Supplier<Cost> costs,
            List<Integer> ports,
            int connections,
            LongFunction<HttpConnection.Request> requests) {
        this.client = client;
        this.costs = costs;
        this.requests = requests;
        for (int i = 0; i < connections; i++) {
            this.connections.add(HttpConnection.open(client, ports.get(i % ports.size())));
        }
    }

    /** As fast as answers come, until that is steady, and then for the usual time. */
    Outcome closed() {
        return steady(MEASURED);
    }

    /** As fast as answers come, until that is steady. */
    void warmUp() {
        steady(Duration.ZERO).requireAllGood();
    }

    private Outcome steady(Duration time) {
        client.run(() -> {
            // Far enough away: it is measured when it is steady, or after the longest time for that.
            measure(Duration.ofSeconds(2L * LONGEST_WARM_UP_SECONDS), time);
            connections.forEach(this::next);
            client.runAfter(TimeUnit.SECONDS.toMillis(1), () -> measureOnceSteady(time));
        });
        return outcome(Duration.ofSeconds(2L * LONGEST_WARM_UP_SECONDS).plus(time));
    }

    /** As fast as answers come, from the beginning, for so long. */
    Outcome closed(Duration time) {
        client.run(() -> {
            before = costs.get();
            measure(Duration.ZERO, time);
            connections.forEach(this::next);
        });
        return outcome(time);
    }

    /** So many a second, whatever the answers do. */
    Outcome open(double perSecond, Duration warmUp, Duration measured) {
        client.run(() -> {
            measure(warmUp, measured);
            idle.addAll(connections);
            double start = System.nanoTime();
            arrive(start, TimeUnit.SECONDS.toNanos(1) / perSecond, 0);
        });
        return outcome(warmUp.plus(measured));
    }

    private void measure(Duration in, Duration time) {
        measureFrom = System.nanoTime() + in.toNanos();
        measureTo = measureFrom + time.toNanos();
    }

    private void measureOnceSteady(Duration time) {
        seconds.add(goodEver - sum(0, seconds.size()));
        if (isSteady() || seconds.size() == LONGEST_WARM_UP_SECONDS) {
            before = costs.get();
            measure(Duration.ZERO, time);
        } else {
            client.runAfter(TimeUnit.SECONDS.toMillis(1), () -> measureOnceSteady(time));
        }
    }

    /** Twice in a row, since a short pause of the disk or of a collection looks steady once. */
    private boolean isSteady() {
        int now = seconds.size();
        boolean was = wasSteady;
        wasSteady = now >= 2 * STEADY_SECONDS
                && sum(now - STEADY_SECONDS, now) > 0
                && sum(now - STEADY_SECONDS, now) <= HARDLY_MORE * sum(now - 2 * STEADY_SECONDS, now - STEADY_SECONDS);
        return was && wasSteady;
    }

    private long sum(int from, int to) {
        return seconds.subList(from, to).stream().mapToLong(Long::longValue).sum();
    }

    private Outcome outcome(Duration time) {
        done.orTimeout(time.plus(DRAIN).toMillis(), TimeUnit.MILLISECONDS).join();
        connections.forEach(HttpConnection::close);
        double measured = Math.max(1, measureTo - measureFrom) / 1e9;
        return new Outcome(
                good / measured, micros, statuses, after.minus(before).perThousand((double) Math.max(1, good)));
    }

    private void next(HttpConnection connection) {
        long now = System.nanoTime();
        if (now - measureTo >= 0) {
            if (busy == 0) {
                end();
            }
            return;
        }
        send(connection, now, () -> next(connection));
    }

    private void end() {
        if (!done.isDone()) {
            after = costs.get();
            done.complete(null);
        }
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
            end();
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
            goodEver += status / 100 == 2 ? 1 : 0;
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
