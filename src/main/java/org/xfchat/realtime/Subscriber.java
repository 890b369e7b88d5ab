package org.xfchat.realtime;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.memory.Reservation;
import org.xfchat.stream.Source;
import org.xfchat.stream.Stream;

/** One stream of events. It is written to while its socket has room; what waits meanwhile is bounded. */
final class Subscriber implements Source {
    private final UUID user;
    private final Set<String> types;
    private final int backlog;
    private final Counter delivered;
    private final Counter slow;
    private final Reservation memory;
    private final Runnable ended;

    // All under this object's monitor: events come on any thread.
    private final Deque<Buffer> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private @Nullable Stream stream;
    private boolean flushing;
    private boolean closed;
    private boolean tooSlow;

    /**
     * A subscriber that takes events from now on.
     *
     * @param types names of events; empty for all
     * @param backlog how many events may wait
     * @param memory of those
     * @param ended runs once when it takes none any more
     */
    Subscriber(
            UUID user,
            Set<String> types,
            int backlog,
            Counter delivered,
            Counter slow,
            Reservation memory,
            Runnable ended) {
        this.user = user;
        this.types = types;
        this.backlog = backlog;
        this.delivered = delivered;
        this.slow = slow;
        this.memory = memory;
        this.ended = ended;
    }

    UUID user() {
        return user;
    }

    boolean wants(String name) {
        return types.isEmpty() || types.contains(name);
    }

    /**
     * Hands over an event as it is written; on any thread, never blocks. One too many ends the stream. Where the event loop does
     * not take it, it is written with the next one.
     */
    void take(Buffer frame) {
        Stream open;
        synchronized (this) {
            if (closed) {
                return;
            }
            open = stream;
            if (waiting.size() >= backlog || !memory.tryResize(waitingBytes + frame.length())) {
                slow.increment();
                tooSlow = true;
                if (open != null) {
                    open.abort("slow");
                }
                return;
            }
            waiting.add(frame);
            waitingBytes += frame.length();
            if (flushing || open == null) {
                return;
            }
            flushing = true;
        }
        try {
            open.execute(this::flush);
        } catch (Throwable refused) {
            // It waits for the next one, which goes the same way.
            synchronized (this) {
                flushing = false;
            }
            throw refused;
        }
    }

    @Override
    public void opened(Stream opened) {
        boolean missedSome;
        synchronized (this) {
            stream = opened;
            flushing = true;
            missedSome = tooSlow;
        }
        if (missedSome) {
            opened.abort("slow");
        } else {
            flush();
        }
    }

    @Override
    public void writable() {
        flush();
    }

    @Override
    public void closed() {
        synchronized (this) {
            closed = true;
            waiting.clear();
            memory.close();
        }
        ended.run();
    }

    /** On the event loop. */
    private void flush() {
        while (true) {
            Buffer frame;
            Stream open;
            synchronized (this) {
                open = stream;
                frame = open == null || closed || !open.isWritable() ? null : waiting.peek();
                if (open == null || frame == null) {
                    flushing = false;
                    return;
                }
            }
            if (!open.offer(frame)) {
                synchronized (this) {
                    flushing = false;
                }
                return;
            }
            written();
            delivered.increment();
        }
    }

    private synchronized void written() {
        Buffer frame = waiting.poll();
        if (frame != null) {
            waitingBytes -= frame.length();
            memory.resize(waitingBytes);
        }
    }
}
