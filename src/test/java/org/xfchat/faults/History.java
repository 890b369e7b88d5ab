package org.xfchat.faults;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What clients did and were told, what subscribers saw, and what is stored in the end. Times are of one clock, {@link
 * System#nanoTime}.
 *
 * @param calls in no order
 * @param log by conversation, in its order
 * @param inherited by conversation how many entries at the beginning of its log were there before the first call
 */
record History(
        List<Call> calls, Map<String, List<Entry>> log, Map<String, Integer> inherited, List<Follower> followers) {

    /** What a client knows after a call. */
    enum Answer {
        STORED,
        NOT_STORED,
        /** Stored at most once, or never. */
        UNKNOWN;

        /** By the status, 0 where there was none, and the {@code code} of the problem where the body has one. */
        static Answer of(int status, String code) {
            if (status == 200) {
                return STORED;
            }
            boolean refused = status / 100 == 4 || (status == 503 && (code.equals("busy") || code.equals("read_only")));
            return refused ? NOT_STORED : UNKNOWN;
        }
    }

    /**
     * One attempt to send a message.
     *
     * @param proper whether it has to be taken; the others have something wrong and have to be refused
     * @param version what the answer named; null unless it is {@code STORED}
     * @param current the same of {@code Current-Version}
     */
    record Call(
            String conversation,
            String message,
            String content,
            boolean proper,
            long begun,
            long ended,
            int status,
            Answer answer,
            @Nullable String version,
            @Nullable String current) {}

    /** An entry of a conversation's log. */
    record Entry(long seq, String message, String version, String content) {}

    /** How a subscriber begins, and begins anew. */
    enum Start {
        /** With the first entry; resumes. */
        BEGINNING,
        /** With the newest entries; resumes. */
        WINDOW,
        /** With the newest entries each time. */
        WINDOW_EACH_TIME
    }

    /**
     * Somebody who followed a conversation until its end.
     *
     * @param connections what came over each connection
     */
    record Follower(String name, String conversation, Start start, List<List<Entry>> connections) {}
}
