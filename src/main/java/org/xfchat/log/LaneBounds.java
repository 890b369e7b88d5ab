package org.xfchat.log;

import java.time.Duration;
import org.xfchat.database.DatabaseUrlSource;

/**
 * What a lane holds, and for how long. Nobody has had to turn these: they follow from each other and from the deadline of a
 * request.
 *
 * @param lanes threads that append, each with a connection of its own
 * @param maxWaiting requests without an answer in one lane, waiting or being written; more are refused as {@code BUSY}
 * @param maxWaitingBytes of their text, as UTF-8; more is refused as {@code BUSY}
 * @param maxBatch requests in one transaction
 * @param maxBatchBytes of the text in one transaction, as UTF-8, unless the first request alone has more
 * @param expiry after how long a request that waits is given up, and never written
 * @param drain how long what waits is still written at shutdown
 */
record LaneBounds(
        int lanes,
        int maxWaiting,
        long maxWaitingBytes,
        int maxBatch,
        long maxBatchBytes,
        Duration expiry,
        Duration drain) {
    private static final long MIB = 1 << 20;

    /**
     * Ten thousand are written in a second or two, far within their expiry, and their text fits beside everything else into a
     * container of 512 MiB. Batches hardly gain above a hundred messages; 256 of ordinary length are some 100 KiB, and 8 MiB
     * are written well within a lane's statement timeout. The expiry is a second below the deadline, so that its 503 still says
     * that nothing was written; whoever stops the service waits no longer than that for what is left.
     */
    static final LaneBounds STANDARD = new LaneBounds(
            DatabaseUrlSource.LANES, 10_000, 64 * MIB, 256, 8 * MIB, Duration.ofSeconds(9), Duration.ofSeconds(10));
}
