package org.xfchat.faults;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.awaitility.core.ConditionTimeoutException;
import org.xfchat.faults.History.Entry;
import org.xfchat.faults.History.Follower;
import org.xfchat.faults.History.Start;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.HttpStream.End;
import org.xfchat.testing.OldClient;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscriber;
import org.xfchat.testing.Subscription;

/** Subscribers of all kinds at all replicas, who come back after every cut. */
final class Audience implements AutoCloseable {
    private static final Duration CATCH_UP = Duration.ofSeconds(60);
    private static final Duration SECOND_OF_OLD_CLIENTS = Duration.ofMillis(50);

    /** One of them, and what a history calls it. */
    private record Member(String name, UUID conversation, Start start, Subscriber subscriber) {}

    private final Cluster cluster;
    private final List<Member> members = new ArrayList<>();
    private final List<String> late = new ArrayList<>();

    private Audience(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Two who resume from the beginning of each conversation, and one of the others. */
    static Audience open(Cluster cluster, Scene scene, long seed) {
        Audience audience = new Audience(cluster);
        String beginning = cluster.eventId(0);
        Random seeds = new Random(seed);
        for (int i = 0; i < scene.conversations().size(); i++) {
            UUID conversation = scene.conversations().get(i);
            String root = conversation.toString();
            for (int kind : List.of(0, 1, 2 + (i + (int) Math.floorMod(seed, 3L)) % 3)) {
                Random random = new Random(seeds.nextLong());
                Subscription subscription = audience.subscription(scene, conversation, random);
                switch (kind) {
                    case 0 ->
                        audience.add("braid", conversation, Start.BEGINNING, BraidSubscriber.open(subscription, root));
                    case 1 ->
                        audience.add(
                                "events", conversation, Start.BEGINNING, SseSubscriber.open(subscription, beginning));
                    case 2 ->
                        audience.add(
                                "old client",
                                conversation,
                                Start.WINDOW_EACH_TIME,
                                OldClient.open(subscription, SECOND_OF_OLD_CLIENTS));
                    case 3 ->
                        audience.add("late braid", conversation, Start.WINDOW, BraidSubscriber.open(subscription));
                    default ->
                        audience.add("late events", conversation, Start.WINDOW, SseSubscriber.open(subscription));
                }
            }
        }
        return audience;
    }

    private void add(String kind, UUID conversation, Start start, Subscriber subscriber) {
        members.add(new Member(kind + " " + members.size(), conversation, start, subscriber));
    }

    /** Each connection at any replica, directly or through the network that can be bad; some cut their own connections. */
    private Subscription subscription(Scene scene, UUID conversation, Random random) {
        IntSupplier port = () -> {
            Replica replica = cluster.any(random);
            return random.nextBoolean() ? replica.port() : replica.clients().port();
        };
        LongSupplier cut = random.nextBoolean() ? () -> Long.MAX_VALUE : () -> 50_000 + random.nextInt(500_000);
        String token =
                scene.members().get(random.nextInt(scene.members().size())).token();
        Subscription all = Subscription.to(port, token, conversation).cutAfter(cut);
        return new Subscription(
                all.port(),
                all.token(),
                all.conversation(),
                all.query(),
                all.cutAfter(),
                Audience::kept,
                all.headers());
    }

    private static JsonNode kept(JsonNode message) {
        return ((ObjectNode) message).retain("id", "crdt_timestamp", "braid_version", "content");
    }

    /** Gives everybody the time to see the end of what is stored. */
    void awaitEnd(Map<String, List<Entry>> log) {
        for (Member member : members) {
            List<Entry> entries = log.getOrDefault(member.conversation().toString(), List.of());
            String last =
                    entries.isEmpty() ? "" : entries.get(entries.size() - 1).message();
            try {
                await(member.name() + " catches up")
                        .atMost(CATCH_UP)
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> entries.isEmpty() || member.subscriber().hasSeenLast(last));
            } catch (ConditionTimeoutException behind) {
                late.add(member.name() + " did not catch up");
            }
        }
    }

    /** What they have seen. */
    List<Follower> followers() {
        return members.stream()
                .map(member -> new Follower(
                        member.name(),
                        member.conversation().toString(),
                        member.start(),
                        member.subscriber().connections().stream()
                                .map(connection ->
                                        connection.stream().map(Audience::entry).toList())
                                .toList()))
                .toList();
    }

    private static Entry entry(JsonNode message) {
        return new Entry(
                message.path("crdt_timestamp").asLong(),
                message.path("id").asText(),
                message.path("braid_version").asText(),
                message.path("content").asText());
    }

    /** How many connections they have had. */
    int connections() {
        return members.stream()
                .mapToInt(member -> member.subscriber().statuses().size())
                .sum();
    }

    /** What is wrong with streams, whatever came over them. */
    List<String> violations() {
        List<String> violations = new ArrayList<>(late);
        for (Member member : members) {
            Subscriber subscriber = member.subscriber();
            try {
                subscriber.check();
            } catch (AssertionError wrong) {
                violations.add(member.name() + ": " + wrong.getCause());
            }
            List<Integer> statuses = subscriber.statuses();
            List<End> ends = subscriber.ends();
            statuses.stream()
                    .filter(status -> !Set.of(0, 200, 209, 503).contains(status))
                    .forEach(status -> violations.add(member.name() + " was answered with " + status));
            for (int i = 0; i < ends.size(); i++) {
                if (statuses.get(i) / 100 == 2 && ends.get(i) == End.CLEAN) {
                    violations.add(member.name() + ": a stream ended as if it were complete");
                }
            }
            if (subscriber instanceof SseSubscriber events && events.resets() > 0) {
                violations.add(member.name() + " was told to begin anew");
            }
            if (subscriber instanceof OldClient client && client.discarded() + client.brokenPieces() > 0) {
                violations.add(member.name() + " could not read " + client.discarded() + " lines");
            }
        }
        return violations;
    }

    @Override
    public void close() {
        members.forEach(member -> member.subscriber().close());
    }
}
