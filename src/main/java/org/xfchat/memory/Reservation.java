package org.xfchat.memory;

import org.xfchat.error.ApiException;

/**
 * Memory for one thing that is held for a client; nothing at first. It is closed when nothing of the thing is in memory any
 * more, by whoever has it then; a second time does nothing. Safe for any thread.
 */
public final class Reservation implements AutoCloseable {
    private final ClientMemory memory;
    private final Ledger.Account account;

    // Under the memory's lock.
    private int units;
    private boolean closed;

    Reservation(ClientMemory memory, Ledger.Account account) {
        this.memory = memory;
        this.account = account;
    }

    /**
     * Makes it as large, or as small, as this, in bytes; never blocks. Does nothing once closed.
     *
     * @throws ApiException {@code TOO_MANY_REQUESTS} where its holder has too much, {@code UNAVAILABLE} where there is no
     *     memory; it is as before then
     */
    public void resize(long bytes) {
        memory.resize(this, bytes);
    }

    /** The same without an exception: false, and everything as before, where there is no memory. */
    public boolean tryResize(long bytes) {
        return memory.tryResize(this, bytes);
    }

    /**
     * Makes it as large as this and waits for that, as long as {@link ClientMemory} has patience. What was reserved before is given
     * back meanwhile, so nothing may be in memory for it.
     *
     * @throws ApiException as {@link #resize} does, but it may be empty then
     * @throws IllegalStateException on an event loop, and inside a transaction
     */
    public void await(long bytes) {
        memory.await(this, bytes);
    }

    /** Gives everything back. */
    @Override
    public void close() {
        memory.close(this);
    }

    Ledger.Account account() {
        return account;
    }

    int units() {
        return units;
    }

    void setUnits(int units) {
        this.units = units;
    }

    boolean isClosed() {
        return closed;
    }

    void setClosed() {
        closed = true;
    }
}
