package org.xfchat.window;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.memory.Reservation;

/** Reads windows, for which there is memory when they are read. */
@Singleton
public class Windows {
    /** Of most windows, with what surrounds their texts; within what counts as small. */
    static final long USUAL_BYTES = 128 << 10;

    /** The text of those. */
    private static final int USUAL_TEXT = 40 << 10;

    /** A text as it is read, as it is decoded, and as it is written. */
    private static final int COPIES = 4;

    /** Of an entry, beside its text. */
    private static final int ENTRY_BYTES = 1024;

    private final Log log;

    Windows(Log log) {
        this.log = log;
    }

    /** What is read does not fit into what was reserved. No failure, and seen by nobody. */
    private static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final Log.Measured measured;

        TooLarge(Log.Measured measured) {
            super("more text than was reserved", null, false, false);
            this.measured = measured;
        }
    }

    /** An attempt, with room for so much text. */
    public final class Reading {
        private final long room;
        private final Reservation reservation;

        /** Whether it may take more memory, and time, than it began with. */
        private final boolean grows;

        private Reading(long room, Reservation reservation, boolean grows) {
            this.room = room;
            this.grows = grows;
            this.reservation = reservation;
        }

        /** As {@link Log#window} reads it. */
        public List<Entry> window(UUID conversation, long upTo, int limit) {
            List<Entry> window = log.window(conversation, upTo, limit, room);
            // Positions are gapless: what neither ends at the limit nor at the log's beginning was cut.
            boolean isWhole = window.isEmpty()
                    ? upTo < 1
                    : window.size() == limit || window.get(window.size() - 1).seq() == 1;
            if (!isWhole) {
                Log.Measured measured = log.measure(conversation, upTo, limit);
                if (measured.entries() > window.size()) {
                    if (!grows || !reservation.tryResize(needed(measured))) {
                        throw new TooLarge(measured);
                    }
                    window = log.window(conversation, upTo, limit, measured.bytes());
                }
            }
            reserve(window);
            return window;
        }

        /** Now that it is known what becomes of it as JSON, which may be six times the text. */
        private void reserve(List<Entry> window) {
            long encoded = window.stream().mapToLong(Entry::encodedBytes).sum();
            if (encoded > USUAL_BYTES / 2) {
                long text = window.stream().mapToLong(Entry::textBytes).sum();
                reservation.resize(text + 2 * encoded);
            }
        }
    }

    private static long needed(Log.Measured measured) {
        return COPIES * measured.bytes() + (long) ENTRY_BYTES * measured.entries();
    }

    /**
     * Answers a question about one log.
     *
     * @param reservation as large as what is read and made of it, afterwards; to be made smaller when it is known what is left
     * @param query is asked again when it turns out to need more memory
     * @throws org.xfchat.error.ApiException where there is no memory, after a short wait
     */
    public <T> T read(Reservation reservation, Function<Reading, T> query) {
        reservation.await(USUAL_BYTES);
        long room = USUAL_TEXT;
        while (true) {
            try {
                return query.apply(new Reading(room, reservation, true));
            } catch (TooLarge more) {
                // Larger still only while messages are written, or beyond all that there is.
                room = Math.max(more.measured.bytes(), room + 1);
                reservation.await(Math.max(needed(more.measured), COPIES * room));
            }
        }
    }

    /** The same without a wait. Empty where there is not enough memory at once, and where there is more than usual to read. */
    public <T> Optional<T> readNow(Reservation reservation, Function<Reading, T> query) {
        if (!reservation.tryResize(USUAL_BYTES)) {
            return Optional.empty();
        }
        try {
            return Optional.of(query.apply(new Reading(USUAL_TEXT, reservation, false)));
        } catch (TooLarge more) {
            return Optional.empty();
        }
    }
}
