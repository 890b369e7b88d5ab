package org.xfchat.signal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.xfchat.background.WorkerLoop;
import org.xfchat.failure.Failures;

/**
 * Says what is due of all topics in one statement, a transaction by itself. While it runs, more becomes due: the load makes
 * the batches.
 */
final class Notifier {
    private static final Logger LOG = Logger.getLogger(Notifier.class);

    /**
     * Works in a read-only transaction as well, so that signals go on during maintenance. A transaction that notifies gets an id, so
     * its commit would wait for the disk; but there is nothing in it that must outlive the server.
     */
    private static final String NOTIFY = "select set_config('synchronous_commit', 'off', true), pg_notify('"
            + Signals.CHANNEL + "', t) from unnest(?) t";

    private final List<CoalescedTopic> topics;
    private final DataSource pool;
    private final boolean muted;
    private final Counter failed;
    private final Timer delay;
    private final WorkerLoop loop;
    private boolean failing;

    /** @param muted whether nothing is said, because nobody listens */
    Notifier(List<CoalescedTopic> topics, DataSource pool, boolean muted, MeterRegistry metrics, Failures failures) {
        this.topics = topics;
        this.pool = pool;
        this.muted = muted;
        this.failed = Counter.builder("xfchat.signal.failed")
                .description("Signals that were lost before PostgreSQL had them, or were too long")
                .register(metrics);
        this.delay = Timer.builder("xfchat.signal.delay")
                .description("from when something is to be said until PostgreSQL has taken it; of a batch, the longest")
                .serviceLevelObjectives(Signals.DELAY_BUCKETS)
                .register(metrics);
        this.loop = new WorkerLoop("notifier", () -> say(false), () -> say(true), failures);
    }

    WorkerLoop loop() {
        return loop;
    }

    /**
     * @param everything also what is not due yet
     * @return nanoseconds until something is due
     */
    private long say(boolean everything) {
        List<String> payloads = new ArrayList<>();
        Map<CoalescedTopic, Integer> counts = new LinkedHashMap<>();
        long now = System.nanoTime();
        long longest = 0;
        for (CoalescedTopic topic : topics) {
            long left = topic.untilDue();
            if (left <= 0 || (everything && left < Long.MAX_VALUE)) {
                int before = payloads.size();
                longest = Math.max(longest, -left);
                topic.drain().forEach(text -> add(topic, text, payloads));
                counts.put(topic, payloads.size() - before);
            }
        }
        if (!payloads.isEmpty() && !muted && send(payloads)) {
            counts.forEach(CoalescedTopic::sent);
            delay.record(longest + System.nanoTime() - now, TimeUnit.NANOSECONDS);
        }
        return topics.stream().mapToLong(CoalescedTopic::untilDue).min().orElse(Long.MAX_VALUE);
    }

    private void add(CoalescedTopic topic, String text, List<String> payloads) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Signals.MAX_TEXT) {
            LOG.errorf("topic %s wanted to say %d bytes, more than %d", topic.name(), bytes, Signals.MAX_TEXT);
            failed.increment();
        } else {
            payloads.add(topic.name() + ' ' + text);
        }
    }

    private boolean send(List<String> payloads) {
        try (Connection connection = pool.getConnection();
                PreparedStatement notify = connection.prepareStatement(NOTIFY)) {
            notify.setArray(1, connection.createArrayOf("text", payloads.toArray()));
            notify.execute();
        } catch (SQLException lost) {
            failed.increment(payloads.size());
            if (!failing) {
                failing = true;
                LOG.warnf("signals cannot be sent, the poll finds messages meanwhile: %s", lost.getMessage());
            }
            return false;
        }
        if (failing) {
            failing = false;
            LOG.info("signals are sent again");
        }
        return true;
    }
}
