package org.xfchat.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * What a {@link Subscriber} subscribes to, and how well-behaved it is.
 *
 * @param port asked before each connection: the replica to connect to
 * @param query of the target, with its question mark; empty for none
 * @param cutAfter asked before each connection: after how many bytes of the body the subscriber cuts it
 * @param keep what the subscriber remembers of each message
 * @param headers further header fields of each request
 */
public record Subscription(
        IntSupplier port,
        String token,
        UUID conversation,
        String query,
        LongSupplier cutAfter,
        UnaryOperator<JsonNode> keep,
        Map<String, String> headers) {
    /** An ordinary one that never cuts its connections and remembers everything. */
    public static Subscription to(IntSupplier port, String token, UUID conversation) {
        return new Subscription(
                port, token, conversation, "", () -> Long.MAX_VALUE, UnaryOperator.identity(), Map.of());
    }

    public Subscription query(String value) {
        return new Subscription(port, token, conversation, value, cutAfter, keep, headers);
    }

    public Subscription cutAfter(LongSupplier bytes) {
        return new Subscription(port, token, conversation, query, bytes, keep, headers);
    }

    public Subscription header(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new Subscription(port, token, conversation, query, cutAfter, keep, more);
    }

    /** Remembers of each message its id and position only. */
    public Subscription idsOnly() {
        return new Subscription(
                port,
                token,
                conversation,
                query,
                cutAfter,
                message -> ((ObjectNode) message).retain("id", "crdt_timestamp"),
                headers);
    }
}
