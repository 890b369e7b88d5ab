package org.xfchat.signal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xfchat.background.Retried;
import org.xfchat.background.WorkerLoop;
import org.xfchat.failure.Failures;

/** Lets everybody look for themselves what a signal would have told them. */
final class Poll {
    private final Failures failures;
    private final List<Retried> looks = new CopyOnWriteArrayList<>();
    private final WorkerLoop loop;

    Poll(Duration every, Failures failures) {
        this.failures = failures;
        this.loop = new WorkerLoop(
                "poll",
                () -> {
                    looks.forEach(Retried::run);
                    return every.toNanos();
                },
                () -> {},
                failures);
    }

    WorkerLoop loop() {
        return loop;
    }

    void add(Runnable look) {
        looks.add(new Retried("poll", look, failures));
    }
}
