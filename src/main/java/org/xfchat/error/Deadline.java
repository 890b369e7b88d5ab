package org.xfchat.error;

import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Until when a request is answered. What takes its time before it stores anything asks here first, so that nothing is stored
 * that the client has been told is not.
 */
public final class Deadline {
    private static final Logger LOG = Logger.getLogger(Deadline.class);

    private enum State {
        OPEN,
        BEGUN,
        PASSED
    }

    private static final String KEY = Deadline.class.getName();

    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private volatile boolean waitsForClient;

    Deadline() {}

    /** That of this request. */
    public static Deadline of(RoutingContext request) {
        return request.get(KEY);
    }

    void keepWith(RoutingContext request) {
        request.put(KEY, this);
    }

    /**
     * From now on the request is carried out, whatever the clock says.
     *
     * @throws ApiException {@code UNAVAILABLE} where it was answered already, and then nothing of it may be done
     */
    public void begin() {
        if (!state.compareAndSet(State.OPEN, State.BEGUN) && state.get() == State.PASSED) {
            throw new ApiException(
                    ErrorCode.UNAVAILABLE,
                    new TimeoutException("the deadline had been reached before anything was stored"));
        }
    }

    /**
     * What is left to be done for this request. Where it was answered already it is done all the same, and nobody is told:
     * the framework would fail over a response that has ended.
     *
     * @throws ApiException {@code UNAVAILABLE} where it was answered already
     */
    public <T> Uni<T> rest(Uni<T> work) {
        if (state.get() == State.PASSED) {
            work.subscribe()
                    .with(
                            done -> LOG.debug("done after its answer"),
                            failed -> LOG.debug("failed after its answer", failed));
            throw new ApiException(ErrorCode.UNAVAILABLE);
        }
        return work;
    }

    /** From now on it is the client who is late, if anybody is. */
    public void waitForClient() {
        waitsForClient = true;
    }

    /** From now on it is not the client. */
    public void goOn() {
        waitsForClient = false;
    }

    boolean waitsForClient() {
        return waitsForClient;
    }

    /** It is over; what the log says of it. */
    TimeoutException pass() {
        return state.compareAndSet(State.OPEN, State.PASSED)
                ? new TimeoutException("the deadline was reached; what was asked for may have been done all the same")
                : new TimeoutException(
                        "the deadline was reached while it was being stored, which it may be all the same");
    }
}
