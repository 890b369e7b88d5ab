package org.xfchat.response;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.jboss.logging.Logger;
import org.xfchat.memory.Reservation;

/** An answer on its way, in slices, of which the next is written when the last is with the client's kernel or beyond. */
final class ResponseWriter {
    private static final Logger LOG = Logger.getLogger(ResponseWriter.class);
    private static final int SLICE = 64 << 10;
    private static final byte[] NOTHING = {};

    private final RoutingContext http;
    private final HttpServerResponse response;
    private volatile byte[] body;
    private final Reservation held;
    private final UnsentAnswers unsent;
    private int written;
    private volatile boolean isOver;
    private volatile long progressed = System.nanoTime();

    private ResponseWriter(RoutingContext http, byte[] body, Reservation held, UnsentAnswers unsent) {
        this.http = http;
        this.response = http.response();
        this.body = body;
        this.held = held;
        this.unsent = unsent;
    }

    /** Sends the body, with which the response ends, and closes what it has reserved when nothing of it is here any more. */
    static void send(RoutingContext http, byte[] body, Reservation held, UnsentAnswers unsent) {
        if (http.response().headWritten() || http.response().ended()) {
            // The deadline has answered already; what was found out later reaches nobody.
            LOG.debug("done after its answer");
            held.close();
            return;
        }
        ResponseWriter answer = new ResponseWriter(http, body, held, unsent);
        unsent.add(answer);
        try {
            if (body.length > SLICE) {
                answer.response.putHeader("Content-Length", String.valueOf(body.length));
            }
            answer.next();
        } catch (RuntimeException answeredOtherwise) {
            answer.over();
            throw answeredOtherwise;
        }
    }

    private void next() {
        byte[] whole = body;
        if (isOver) {
            return;
        }
        int length = Math.min(SLICE, whole.length - written);
        Buffer slice = Buffer.buffer(length).appendBytes(whole, written, length);
        written += length;
        boolean last = written == whole.length;
        Future<Void> done = last ? response.end(slice) : response.write(slice);
        done.onComplete(result -> {
            progressed = System.nanoTime();
            if (last || result.failed() || isOver || response.closed() || response.ended()) {
                over();
                return;
            }
            try {
                next();
            } catch (IllegalStateException closedMeanwhile) {
                LOG.debug("the client is gone", closedMeanwhile);
                over();
            }
        });
    }

    private void over() {
        isOver = true;
        unsent.remove(this);
        // The response may remember whom it told of its last write.
        body = NOTHING;
        held.close();
    }

    boolean isStalled(long now, long stallNanos) {
        return now - progressed >= stallNanos;
    }

    /** Gives it up: nothing of it stays here, or with the connection. */
    void cut() {
        Connections.cut(http.request());
        over();
    }
}
