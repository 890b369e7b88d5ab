package org.xfchat.bench;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import org.xfchat.bench.HttpConnection.Request;
import org.xfchat.testing.Service;

/** What delivery takes. */
final class StreamCases {
    private static final int IDLE_CONVERSATIONS = 100;

    /** Before a storm. */
    private static final Duration CALM = Duration.ofSeconds(3);

    /** As many messages as a subscriber gets at first. */
    private static final int WINDOW = 50;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** As long as what nchan's own figure was measured with. */
    private static final String TEXT = "x".repeat(350);

    private static final int PUBLISHERS = 8;

    private final Results results;

    StreamCases(Results results) {
        this.results = results;
    }

    /** At half of what one replica takes, with a subscriber to each tenth conversation. */
    void latency(Rig rig) {
        rig.serve(2);
        try (LoadClient readers = new LoadClient()) {
            SplittableRandom random = new SplittableRandom(1);
            LongFunction<Request> puts =
                    due -> Rig.put(random.nextInt(Dataset.CONVERSATIONS), "@" + due + "@ are you there?");
            var writers = rig.ports().subList(0, 1);
            double half = rig.load(writers, 64, puts).closed().perSecond() / 2;
            results.figure("half load, for latency", half, "/s");
            double ours = 0;
            for (int replica : new int[] {0, 1}) {
                try (Subscribers subscribers = new Subscribers(true)) {
                    subscribers.open(
                            readers,
                            rig.ports().subList(replica, replica + 1),
                            Dataset.CONVERSATIONS / 10,
                            i -> Subscribers.request(i * 10, ""));
                    subscribers.awaitOpen(LIMIT);
                    rig.load(writers, 256, puts).open(half, Duration.ofSeconds(5), Duration.ZERO);
                    subscribers.measureFromNow();
                    Outcome outcome = rig.load(writers, 256, puts)
                            .open(half, Duration.ZERO, Duration.ofSeconds(20))
                            .requireAllGood();
                    subscribers.requireAllOpen();
                    String what = replica == 0 ? "PUT to received, same replica" : "PUT to received, other replica";
                    results.latency(what, subscribers.micros(), replica == 0 ? "< 10 ms" : "< 20 ms");
                    if (replica == 0) {
                        results.latency("PUT to its answer", outcome.micros(), null);
                        ours = subscribers.micros().getValueAtPercentile(99) / 1_000.0;
                    }
                }
            }
            for (Peer.Asked peer : Peer.ask(peer -> received(rig, readers, peer, half))) {
                results.ratio("PUT to received, same replica, p99", ours, "ms", peer.name(), peer.answer(), null);
            }
        }
    }

    /** From when it should have been published until it is received, p99 in milliseconds. */
    private static double received(Rig rig, LoadClient readers, Peer peer, double perSecond) {
        try (Subscribers subscribers = new Subscribers(true)) {
            subscribers.open(readers, peer.ports(), 1, i -> peer.subscription());
            subscribers.awaitOpen(LIMIT).awaitReceived(peer.greetings(), LIMIT);
            LongFunction<Request> publish = due -> peer.publish("@" + due + "@ are you there?");
            rig.load(peer.ports(), 256, publish).open(perSecond, Duration.ofSeconds(5), Duration.ZERO);
            subscribers.measureFromNow();
            rig.load(peer.ports(), 256, publish)
                    .open(perSecond, Duration.ZERO, Duration.ofSeconds(20))
                    .requireAllGood();
            subscribers.requireAllOpen();
            return subscribers.micros().getValueAtPercentile(99) / 1_000.0;
        }
    }

    void fanOut(Rig rig, int subscribers, int messages) {
        rig.serve(1);
        double ours = deliveries(
                rig.ports(), subscribers, messages, 0, i -> Subscribers.request(0, ""), due -> Rig.put(0, TEXT));
        String what = String.format("deliveries of a 350-byte text, 1 to %,d", subscribers);
        for (Peer.Asked peer : Peer.ask(peer -> deliveries(
                peer.ports(),
                subscribers,
                messages,
                peer.greetings(),
                i -> peer.subscription(),
                due -> peer.publish(TEXT)))) {
            results.ratio(what, ours, "/s", peer.name(), peer.answer(), subscribers == 1_000 ? "≥ 1.0" : null);
        }
    }

    /** A round to warm up, then from the first request to the last event. */
    private static double deliveries(
            List<Integer> ports,
            int count,
            int messages,
            int greetings,
            IntFunction<String> subscription,
            LongFunction<Request> publish) {
        try (LoadClient writers = new LoadClient();
                LoadClient readers = new LoadClient();
                Subscribers subscribers = new Subscribers(false)) {
            subscribers.open(readers, ports, count, subscription);
            subscribers.awaitOpen(LIMIT).awaitReceived((long) count * greetings, LIMIT);
            double rate = 0;
            for (int round = 0; round < 2; round++) {
                long before = subscribers.received();
                long start = System.nanoTime();
                new Burst(writers, ports, PUBLISHERS, messages, publish).run();
                subscribers.awaitReceived(before + (long) count * messages, LIMIT);
                rate = (double) count * messages * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - start);
            }
            subscribers.requireAllOpen();
            return rate;
        }
    }

    void idle(Rig rig) {
        rig.serveTracked();
        for (int i = 0; i < IDLE_CONVERSATIONS; i++) {
            Dataset.fill(rig.server(), rig.database(), i, WINDOW);
        }
        double perSubscriber = idleBytes(rig);
        for (Peer.Asked peer : Peer.ask(StreamCases::idleBytes)) {
            results.ratio(
                    "memory per idle subscriber, of 10,000",
                    perSubscriber / 1_000,
                    "kB",
                    peer.name() + " (resident)",
                    peer.answer().stream().map(bytes -> bytes / 1_000).findFirst(),
                    "< 10 kB");
        }
    }

    private static double idleBytes(Peer peer) {
        try (LoadClient readers = new LoadClient();
                Subscribers subscribers = new Subscribers(false)) {
            long before = Processes.resident(peer.pid());
            subscribers.open(readers, peer.ports(), 10_000, i -> peer.subscription());
            subscribers.awaitOpen(LIMIT).awaitReceived(10_000L * peer.greetings(), LIMIT);
            return (Processes.resident(peer.pid()) - before) / 10_000.0;
        }
    }

    /** Of somebody who opens with a window of what was said before. */
    private static String windowed(int number) {
        return Subscribers.request(number % IDLE_CONVERSATIONS, "").replace("?limit=1", "");
    }

    /** In steps, each after a collection of garbage. */
    private double idleBytes(Rig rig) {
        long pid = rig.pid(0);
        try (LoadClient readers = new LoadClient();
                Subscribers subscribers = new Subscribers(false)) {
            // What the first one costs is not what each one costs.
            subscribers.open(readers, rig.ports(), 100, StreamCases::windowed);
            subscribers.awaitOpen(LIMIT);
            Footprint first = Footprint.of(pid);
            Footprint last = first;
            for (int count : new int[] {1_000, 2_500, 5_000, 10_000}) {
                subscribers.open(readers, rig.ports(), count - subscribers.open(), StreamCases::windowed);
                subscribers.awaitOpen(LIMIT);
                last = Footprint.of(pid);
                results.point("memory", last.kind(), count, last.bytes() / 1e6);
                results.point("memory", "resident", count, last.resident() / 1e6);
            }
            double cpu = Processes.cpuSeconds(pid);
            long start = System.nanoTime();
            // Time passes, and nothing else happens: that is what is measured.
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(20));
            double share = (Processes.cpuSeconds(pid) - cpu) * 1e9 / (System.nanoTime() - start);
            subscribers.requireAllOpen();
            results.figure("processor for 10,000 idle subscribers", share * 100, "% of a core");
            results.figure("resident memory with 10,000 idle subscribers", last.resident() / 1e6, "MB");
            return (last.bytes() - first.bytes()) / 9_900.0;
        }
    }

    /** What a process occupies: live objects where there is a JVM to ask, else resident memory. */
    private record Footprint(String kind, long bytes, long resident) {
        static Footprint of(long pid) {
            long resident = Processes.resident(pid);
            return Service.isNative()
                    ? new Footprint("process", resident, resident)
                    : new Footprint("live objects", Processes.heap(pid) + Processes.direct(pid), resident);
        }
    }

    /** Everybody is cut at once, misses twenty messages, and comes back at once, while others write. */
    void storm(Rig rig) {
        int count = 10_000;
        int conversations = 100;
        int missed = 20;
        rig.serve(1);
        try (LoadClient readers = new LoadClient()) {
            try (Subscribers before = new Subscribers(false)) {
                before.open(readers, rig.ports(), count, i -> Subscribers.request(i % conversations, ""));
                before.awaitOpen(LIMIT);
            }
            for (int i = 0; i < conversations; i++) {
                Dataset.fill(rig.server(), rig.database(), i, missed);
            }
            try (Subscribers after = new Subscribers(false)) {
                CompletableFuture<Outcome> writing = CompletableFuture.supplyAsync(() -> rig.load(
                                64, due -> Rig.put(conversations + (int) (due & 511)))
                        .open(200, CALM, Duration.ofSeconds(20)));
                // Who writes has a connection already, and does not come with the others.
                LockSupport.parkNanos(CALM.toNanos());
                long start = System.nanoTime();
                after.open(
                        readers,
                        rig.ports(),
                        count,
                        i -> Subscribers.request(i % conversations, "Last-Event-ID: 0\r\n"));
                after.awaitReceived((long) count * missed, LIMIT);
                double seconds = (System.nanoTime() - start) / 1e9;
                after.requireAllOpen();
                Outcome outcome = writing.join().requireAllGood();
                results.figure("10,000 subscribers cut at once, until all have caught up", seconds, "s", "< 10 s");
                results.figure("PUT meanwhile, 200/s, p99", outcome.millis(99), "ms", "no error");
            }
        }
    }
}
