package org.xfchat.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.xfchat.memory.ClientMemory;
import org.xfchat.memory.Reservation;

/** Holds all the memory that there is for clients but for a rest, until it is closed. */
public final class ScarceMemory implements AutoCloseable {
    private static final long UNIT = 1024;

    /** What is not larger than this has memory of its own. */
    private static final long SMALL = 128 * UNIT;

    /** Of a machine. A size beyond all that there is counts as all that there is. */
    private static final long MOST = 1L << 40;

    private final List<Reservation> held = new ArrayList<>();

    private ScarceMemory() {}

    /** Leaves so many bytes for what is larger than 128 KiB, where nothing is held yet; small things have as much as ever. */
    public static ScarceMemory large(ClientMemory memory, long left) {
        ScarceMemory scarce = new ScarceMemory();
        Reservation one = memory.reservation(UUID.randomUUID());
        scarce.held.add(one);
        one.resize(MOST);
        long most = memory.used();
        one.resize(most - left);
        return scarce;
    }

    /** Leaves nothing for what is not larger than 128 KiB; large things have as much as ever. */
    public static ScarceMemory small(ClientMemory memory) {
        ScarceMemory scarce = new ScarceMemory();
        for (long size = SMALL; size >= UNIT; size /= 2) {
            while (true) {
                Reservation one = memory.reservation(UUID.randomUUID());
                scarce.held.add(one);
                if (!one.tryResize(size)) {
                    break;
                }
            }
        }
        return scarce;
    }

    @Override
    public void close() {
        held.forEach(Reservation::close);
    }
}
