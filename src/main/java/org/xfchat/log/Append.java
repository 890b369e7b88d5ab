package org.xfchat.log;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;

/**
 * A request to append: waiting until a lane takes it, or until it has waited too long. Which of the two comes first is
 * decided once, so that what was given up is never written.
 */
final class Append {
    private enum Stage {
        WAITING,
        TAKEN,
        EXPIRED
    }

    final Draft draft;

    /** Of the text, as UTF-8. */
    final int bytes;

    final CompletableFuture<Log.Appended> answer = new CompletableFuture<>();
    private final long arrivedNanos = System.nanoTime();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);

    Append(Draft draft) {
        this.draft = draft;
        this.bytes = draft.contentBytes();
    }

    boolean hasWaited(Duration time) {
        return System.nanoTime() - arrivedNanos >= time.toNanos();
    }

    /** False when it was given up before. */
    boolean take() {
        return stage.compareAndSet(Stage.WAITING, Stage.TAKEN);
    }

    /** Back to waiting, nothing of it being written. */
    void release() {
        stage.compareAndSet(Stage.TAKEN, Stage.WAITING);
    }

    /** Gives it up, unless it is being written; whether it did. */
    boolean expire() {
        boolean expired = stage.compareAndSet(Stage.WAITING, Stage.EXPIRED);
        if (expired) {
            refuse(new ApiException(
                    ErrorCode.UNAVAILABLE,
                    new TimeoutException("the deadline was reached while it waited to be stored")));
        }
        return expired;
    }

    void acknowledge(Log.Appended appended) {
        answer.complete(appended);
    }

    void refuse(ApiException refusal) {
        answer.completeExceptionally(refusal);
    }
}
