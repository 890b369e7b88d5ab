package org.xfchat.stream;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xfchat.memory.Reservation;

/**
 * The way to one client's socket: what waits on it, what that takes, and since when nothing of it was taken. For its event
 * loop, unless said otherwise.
 *
 * <p>What is large is written slice by slice, the next one when the last is with the client's kernel or beyond: so only a slice
 * of it waits in buffers of its own, and a slow reader shows that it takes something.
 */
final class Outlet {
    /** Taken within the stall time by whoever reads a thousand bytes a second. */
    static final int SLICE = 32 << 10;

    private static final long NOTHING = 0;

    private final HttpServerResponse response;
    private final Supplier<Reservation> memory;
    private final Runnable taken;
    private final Runnable lost;

    /** Of {@link System#nanoTime}: when something was taken the last time, while there is something to be taken. */
    private volatile long waitingSince = NOTHING;

    private int writes;
    private boolean closed;

    /** What is written slice by slice at present, up to where, and its memory. */
    private @Nullable Buffer large;

    private int written;
    private @Nullable Reservation held;

    /** Of what is not large and that the socket has not taken. */
    private @Nullable Reservation small;

    private int smallBytes;

    /** What is left to be done when everything is taken. */
    private @Nullable Runnable last;

    /**
     * @param memory gives a reservation of no size, for the client
     * @param taken runs when something large was taken to its end
     * @param lost runs when something cannot be written, or there is no memory for what waits
     */
    Outlet(HttpServerResponse response, Supplier<Reservation> memory, Runnable taken, Runnable lost) {
        this.response = response;
        this.memory = memory;
        this.taken = taken;
        this.lost = lost;
    }

    /** Whether it takes more at present. */
    boolean isFree() {
        return !closed && large == null && !response.writeQueueFull();
    }

    private boolean isBusy() {
        return large != null || writes > 0;
    }

    /** Whether something waits, and nothing was taken for so long. From any thread. */
    boolean isStalled(long now, long nanos) {
        long since = waitingSince;
        return since != NOTHING && now - since >= nanos;
    }

    /** A reservation for the client that is so large; null where there is no memory. */
    @Nullable
    Reservation reserve(long bytes) {
        Reservation wanted = memory.get();
        if (wanted.tryResize(bytes)) {
            return wanted;
        }
        wanted.close();
        return null;
    }

    /** Writes what is not larger than a slice. It counts while the socket has not taken it, which it mostly has at once. */
    void write(Buffer bytes) {
        int length = bytes.length();
        Future<Void> done = response.write(bytes);
        if (done.isComplete()) {
            check(done);
            return;
        }
        await();
        count(length);
        done.onComplete(result -> {
            count(-length);
            progress(result);
            finish();
        });
    }

    /**
     * Writes what may be larger.
     *
     * @param reservation of the bytes, closed when nothing of them is here any more
     */
    void write(Buffer bytes, Reservation reservation) {
        if (closed || large != null) {
            reservation.close();
            if (!closed) {
                throw new IllegalStateException("written to while its socket is full");
            }
            return;
        }
        large = bytes;
        written = 0;
        held = reservation;
        writeSlices();
    }

    private void writeSlices() {
        for (Buffer whole = large; whole != null; whole = large) {
            if (written == whole.length()) {
                release();
                return;
            }
            int end = Math.min(written + SLICE, whole.length());
            Future<Void> done = response.write(whole.slice(written, end));
            written = end;
            if (!done.isComplete()) {
                await();
                done.onComplete(this::nextSlice);
                return;
            }
            check(done);
        }
    }

    private void nextSlice(AsyncResult<Void> result) {
        progress(result);
        if (closed) {
            return;
        }
        try {
            writeSlices();
            if (large == null) {
                taken.run();
                finish();
            }
        } catch (RuntimeException | Error failed) {
            // Nobody else would call again: it would stay open and silent.
            lost.run();
            throw failed;
        }
    }

    /** Runs something when the socket has taken everything: at once, or later, or never where the client is gone. */
    void whenTaken(Runnable then) {
        last = then;
        finish();
    }

    private void finish() {
        Runnable then = last;
        if (then != null && !isBusy() && !closed) {
            last = null;
            then.run();
        }
    }

    private void await() {
        if (writes == 0) {
            waitingSince = now();
        }
        writes++;
    }

    private void progress(AsyncResult<Void> result) {
        writes--;
        waitingSince = writes == 0 ? NOTHING : now();
        check(result);
    }

    private void check(AsyncResult<Void> result) {
        if (result.failed() && !closed) {
            lost.run();
        }
    }

    private static long now() {
        long now = System.nanoTime();
        return now == NOTHING ? 1 : now;
    }

    private void count(int more) {
        smallBytes += more;
        if (closed) {
            return;
        }
        if (small == null) {
            small = memory.get();
        }
        if (smallBytes == 0) {
            small.close();
            small = null;
        } else if (!small.tryResize(smallBytes)) {
            // It is there already, and its reader has his part in other ways.
            lost.run();
        }
    }

    /** Nothing of what was large is here any more. */
    private void release() {
        Reservation reservation = held;
        large = null;
        held = null;
        if (reservation != null) {
            reservation.close();
        }
    }

    /** Nothing will be taken any more. */
    void close() {
        closed = true;
        waitingSince = NOTHING;
        release();
        if (small != null) {
            small.close();
            small = null;
        }
    }
}
