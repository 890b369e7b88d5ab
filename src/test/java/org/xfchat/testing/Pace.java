package org.xfchat.testing;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How eagerly somebody reads: as fast as possible at first. */
final class Pace {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int step = Integer.MAX_VALUE;
    private Duration rest = Duration.ZERO;
    private boolean paused;
    private boolean ended;

    /** Waits until it is time to read; how many bytes at most. */
    int awaitTurn() {
        lock.lock();
        try {
            long nanos = rest.toNanos();
            while (!ended && (paused || nanos > 0)) {
                if (paused) {
                    changed.await();
                } else {
                    nanos = changed.awaitNanos(nanos);
                }
            }
            return step;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void pause() {
        change(() -> paused = true);
    }

    void resume() {
        change(() -> paused = false);
    }

    /** At most so many bytes each time, with so much time between. */
    void slow(int bytes, Duration between) {
        change(() -> {
            step = bytes;
            rest = between;
        });
    }

    /** Nobody waits any more. */
    void end() {
        change(() -> ended = true);
    }
}
