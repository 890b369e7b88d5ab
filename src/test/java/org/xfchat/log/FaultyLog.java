package org.xfchat.log;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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

    FaultyLog(Session session, ObjectMapper json) {
        super(session, json);
    }

    /** Lets the next reading of this conversation fail. */
    public static void failOnce(Reading reading, UUID conversation) {
        NEXT.put(reading, conversation);
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
