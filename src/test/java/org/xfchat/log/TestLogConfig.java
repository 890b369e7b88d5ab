package org.xfchat.log;

import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;

/** Settings of lanes under test. */
record TestLogConfig(
        int lanes,
        int maxWaiting,
        MemorySize maxWaitingBytes,
        int maxBatch,
        MemorySize maxBatchBytes,
        Duration expiry,
        Duration lockTimeout,
        Duration drain)
        implements LogConfig {
    /** As they are by default, but that a test that holds a lock need not wait as long. */
    static final TestLogConfig DEFAULT = new TestLogConfig(
            2,
            10_000,
            megabytes(64),
            256,
            megabytes(8),
            Duration.ofSeconds(60),
            Duration.ofMillis(50),
            Duration.ofSeconds(10));

    private static MemorySize megabytes(int count) {
        return new MemorySize(BigInteger.valueOf((long) count << 20));
    }

    TestLogConfig expiringAfter(Duration time) {
        return new TestLogConfig(lanes, maxWaiting, maxWaitingBytes, maxBatch, maxBatchBytes, time, lockTimeout, drain);
    }

    TestLogConfig drainingFor(Duration time) {
        return new TestLogConfig(
                lanes, maxWaiting, maxWaitingBytes, maxBatch, maxBatchBytes, expiry, lockTimeout, time);
    }

    /** With one lane that lets only so much wait. */
    TestLogConfig holding(int requests, int megabytes) {
        return new TestLogConfig(
                1, requests, megabytes(megabytes), maxBatch, maxBatchBytes, expiry, lockTimeout, drain);
    }

    /** With one lane that writes only so many at once. */
    TestLogConfig writing(int requests) {
        return new TestLogConfig(1, maxWaiting, maxWaitingBytes, requests, maxBatchBytes, expiry, lockTimeout, drain);
    }
}
