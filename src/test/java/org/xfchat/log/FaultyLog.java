package org.xfchat.log;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializable;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.xfchat.database.Transactions;

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
    private static final Set<UUID> UNWRITABLE = ConcurrentHashMap.newKeySet();
    private static final Map<UUID, CountDownLatch> HELD = new ConcurrentHashMap<>();
    private static final AtomicInteger WAITING = new AtomicInteger();

    FaultyLog(Transactions transactions, ObjectMapper json) {
        super(transactions, json);
    }

    /** Lets the next reading of this conversation fail. */
    public static void failOnce(Reading reading, UUID conversation) {
        NEXT.put(reading, conversation);
    }

    /** Lets what is read next of what follows in this conversation fail when it is written as JSON the first time. */
    public static void failEncodingOnce(UUID conversation) {
        UNWRITABLE.add(conversation);
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
    public List<List<Entry>> after(List<Part> parts, int limit, long bytes) {
        List<UUID> conversations = parts.stream().map(Part::conversation).toList();
        failIfAsked(Reading.AFTER, conversations);
        conversations.forEach(FaultyLog::waitIfHeld);
        return super.after(parts, limit, bytes).stream()
                .map(entries ->
                        !entries.isEmpty() && UNWRITABLE.remove(entries.get(0).conversationId())
                                ? entries.stream().map(FaultyLog::unwritable).toList()
                                : entries)
                .toList();
    }

    private static Entry unwritable(Entry entry) {
        return new Entry(
                entry.id(),
                entry.conversationId(),
                entry.seq(),
                entry.senderId(),
                entry.version(),
                entry.parent(),
                entry.type(),
                entry.content(),
                entry.whole(),
                Map.of("unwritable", new Unwritable()),
                entry.createdAt());
    }

    /** What is no value the first time. */
    private static final class Unwritable extends JsonSerializable.Base {
        private final AtomicBoolean failed = new AtomicBoolean();

        @Override
        public void serialize(JsonGenerator out, SerializerProvider provider) throws IOException {
            if (!failed.getAndSet(true)) {
                throw new NoClassDefFoundError("asked for by a test");
            }
            out.writeNull();
        }

        @Override
        public void serializeWithType(JsonGenerator out, SerializerProvider provider, TypeSerializer type)
                throws IOException {
            serialize(out, provider);
        }
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
