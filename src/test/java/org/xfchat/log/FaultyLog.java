package org.xfchat.log;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.Session;

/** The log of all tests with the service inside: it fails with an error where a test has asked for that, once each time. */
@Mock
@Singleton
public class FaultyLog extends Log {
    /** What may fail. */
    public enum Reading {
        AFTER,
        MEASURE,
        HEADS
    }

    private static final Map<Reading, UUID> NEXT = new ConcurrentHashMap<>();
    private static final Map<UUID, CountDownLatch> HELD = new ConcurrentHashMap<>();
    private static final AtomicInteger WAITING = new AtomicInteger();

    FaultyLog(Session session, ObjectMapper json) {
        super(session, json);
    }

    /** Lets the next reading of this conversation fail. */
    public static void failOnce(Reading reading, UUID conversation) {
        NEXT.put(reading, conversation);
    }

    /** Lets everybody who reads what follows in this conversation wait, until {@link #letGo}. */
    public static void hold(UUID conversation) {
        HELD.put(conversation, new CountDownLatch(1));
    }

    public static void letGo(UUID conversation) {
        CountDownLatch held = HELD.remove(conversation);
        if (held != null) {
            held.countDown();
        }
    }

    /** How many wait. */
    public static int waiting() {
        return WAITING.get();
    }

    private static void waitIfHeld(UUID conversation) {
        CountDownLatch held = HELD.get(conversation);
        if (held != null) {
            WAITING.incrementAndGet();
            try {
                held.await();
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            } finally {
                WAITING.decrementAndGet();
            }
        }
    }

    /** Whether that has happened. */
    public static boolean hasFailed(Reading reading) {
        return !NEXT.containsKey(reading);
    }

    private static void failIfAsked(Reading reading, Collection<UUID> conversations) {
        UUID asked = NEXT.get(reading);
        if (asked != null && conversations.contains(asked) && NEXT.remove(reading, asked)) {
            throw new StackOverflowError("asked for by a test");
        }
    }

    @Override
    public List<Entry> after(UUID conversation, long after, long upTo, int limit, long bytes) {
        failIfAsked(Reading.AFTER, List.of(conversation));
        waitIfHeld(conversation);
        return super.after(conversation, after, upTo, limit, bytes);
    }

    @Override
    public Measured measure(UUID conversation, long upTo, int limit) {
        failIfAsked(Reading.MEASURE, List.of(conversation));
        return super.measure(conversation, upTo, limit);
    }

    @Override
    public Map<UUID, Long> heads(Collection<UUID> conversations) {
        failIfAsked(Reading.HEADS, conversations);
        return super.heads(conversations);
    }
}
