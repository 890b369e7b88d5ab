package org.xfchat.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.core.ConditionTimeoutException;
import org.xfchat.faults.History.Entry;
import org.xfchat.testing.BraidSubscriber;
import org.xfchat.testing.SseSubscriber;
import org.xfchat.testing.Subscription;

/** Subscribers who come back, after a restore, with the last they knew of the time that is lost. */
final class Returned implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<String> conversations = new ArrayList<>();
    private final List<SseSubscriber> events = new ArrayList<>();
    private final List<BraidSubscriber> braids = new ArrayList<>();

    private Returned() {}

    /**
     * To each conversation that lost something, by both protocols.
     *
     * @param epoch what follows a position in the ids of events from before
     */
    static Returned to(Cluster cluster, Scene scene, History before, Map<String, List<Entry>> kept, String epoch) {
        Returned returned = new Returned();
        for (UUID id : scene.conversations()) {
            String conversation = id.toString();
            List<Entry> log = before.log().getOrDefault(conversation, List.of());
            if (log.size() > kept.getOrDefault(conversation, List.of()).size()) {
                Subscription subscription = Subscription.to(
                        cluster.replicas().get(0)::port, scene.members().get(0).token(), id);
                Entry last = log.get(log.size() - 1);
                returned.conversations.add(conversation);
                returned.events.add(SseSubscriber.open(subscription, last.seq() + epoch));
                returned.braids.add(BraidSubscriber.open(subscription, last.version()));
            }
        }
        return returned;
    }

    /** Everything that is wrong with what they were told. */
    List<String> violations(Map<String, List<Entry>> log) {
        List<String> violations = new ArrayList<>();
        for (int i = 0; i < conversations.size(); i++) {
            List<String> ids = log.getOrDefault(conversations.get(i), List.of()).stream()
                    .map(Entry::message)
                    .toList();
            SseSubscriber subscriber = events.get(i);
            try {
                await().atMost(LIMIT).until(() -> subscriber.hasSeenLast(ids.get(ids.size() - 1)));
            } catch (ConditionTimeoutException late) {
                violations.add("who came back to " + conversations.get(i) + " does not see its end");
            }
            List<String> seen = subscriber.ids();
            if (subscriber.resets() != 1
                    || seen.size() > ids.size()
                    || !seen.equals(ids.subList(ids.size() - seen.size(), ids.size()))) {
                violations.add("who came back to " + conversations.get(i) + " was told to begin anew "
                        + subscriber.resets() + " times and saw another log");
            }
            List<Integer> statuses = braids.get(i).statuses();
            if (!statuses.contains(410) || statuses.contains(209)) {
                violations.add("a version that is lost was answered with " + statuses);
            }
        }
        return violations;
    }

    @Override
    public void close() {
        events.forEach(SseSubscriber::close);
        braids.forEach(BraidSubscriber::close);
    }
}
