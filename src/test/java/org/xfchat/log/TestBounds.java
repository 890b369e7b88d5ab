package org.xfchat.log;

import java.time.Duration;

/** What lanes under test hold. */
final class TestBounds {
    /** Who does not test the expiry must not meet it, however slow the machine is. */
    private static final Duration LONG = Duration.ofSeconds(60);

    static final LaneBounds STANDARD = of(
            LaneBounds.STANDARD.lanes(),
            LaneBounds.STANDARD.maxWaiting(),
            LaneBounds.STANDARD.maxWaitingBytes(),
            LaneBounds.STANDARD.maxBatch(),
            LONG,
            LaneBounds.STANDARD.drain());

    private TestBounds() {}

    private static LaneBounds of(
            int lanes, int maxWaiting, long maxWaitingBytes, int maxBatch, Duration expiry, Duration drain) {
        return new LaneBounds(
                lanes, maxWaiting, maxWaitingBytes, maxBatch, LaneBounds.STANDARD.maxBatchBytes(), expiry, drain);
    }

    static LaneBounds expiringAfter(Duration time) {
        return of(
                STANDARD.lanes(),
                STANDARD.maxWaiting(),
                STANDARD.maxWaitingBytes(),
                STANDARD.maxBatch(),
                time,
                STANDARD.drain());
    }

    static LaneBounds drainingFor(Duration time) {
        return of(STANDARD.lanes(), STANDARD.maxWaiting(), STANDARD.maxWaitingBytes(), STANDARD.maxBatch(), LONG, time);
    }

    /** With one lane that lets only so much wait. */
    static LaneBounds holding(int requests, int megabytes) {
        return of(1, requests, (long) megabytes << 20, STANDARD.maxBatch(), LONG, STANDARD.drain());
    }

    /** With one lane that writes only so many at once. */
    static LaneBounds writing(int requests) {
        return of(1, STANDARD.maxWaiting(), STANDARD.maxWaitingBytes(), requests, LONG, STANDARD.drain());
    }
}
