package org.xfchat.body;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xfchat.error.ApiException;
import org.xfchat.error.Deadline;
import org.xfchat.error.ErrorCode;
import org.xfchat.limit.BodyQuota;
import org.xfchat.memory.Reservation;

/**
 * A body on its way. It takes no thread, and no memory that is not counted first; it ends when it is complete, when it is
 * refused, when the request's deadline has answered it, or when its client is gone, and gives up everything then and there.
 * What happens to it happens on the event loop of its connection, one thing after the other.
 */
final class Arrival {
    private static final Logger LOG = Logger.getLogger(Arrival.class);

    private static final int FIRST_CAPACITY = 4 << 10;

    private final RoutingContext http;
    private final HttpServerRequest request;
    private final BodyQuota.Place place;
    private final Reservation reservation;
    private final int most;
    private final AtomicBoolean over = new AtomicBoolean();
    private byte[] bytes = new byte[0];
    private int length;
    private @Nullable UniEmitter<? super ReceivedBody> waiting;

    /**
     * @param place given back when it is over
     * @param reservation of nothing; closed when the request is answered, or its client gone
     * @param most as many bytes are read of it, and no more
     */
    Arrival(RoutingContext http, BodyQuota.Place place, Reservation reservation, int most) {
        this.http = http;
        this.request = http.request();
        this.place = place;
        this.reservation = reservation;
        this.most = most;
    }

    /**
     * The whole body.
     *
     * @return fails with {@code TOO_LARGE}, with {@code INVALID_REQUEST} where its end never came, and with {@code
     *     TOO_MANY_REQUESTS} or {@code UNAVAILABLE} where there is no memory for it
     */
    Uni<ReceivedBody> begin() {
        return Uni.createFrom().emitter(emitter -> {
            waiting = emitter;
            if (http.response().closed()) {
                // While somebody before this one waited. The handlers of the end have been called, and are called no
                // more.
                reservation.close();
                refuse(new ApiException(ErrorCode.INVALID_REQUEST, "The body did not arrive"));
                return;
            }
            http.addEndHandler(answered -> {
                abandon();
                reservation.close();
            });
            if (request.isEnded()) {
                complete();
                return;
            }
            Deadline.of(http).waitForClient();
            request.exceptionHandler(
                    gone -> refuse(new ApiException(ErrorCode.INVALID_REQUEST, "The body did not arrive")));
            request.handler(this::add);
            request.endHandler(ended -> complete());
            if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
                http.response().writeContinue();
            }
            request.resume();
        });
    }

    private void add(Buffer part) {
        if (over.get()) {
            return;
        }
        if (part.length() > most - length) {
            refuse(new ApiException(ErrorCode.TOO_LARGE));
            return;
        }
        try {
            ensureRoom(length + part.length());
        } catch (ApiException noMemory) {
            refuse(noMemory);
            return;
        }
        part.getBytes(bytes, length);
        length += part.length();
    }

    /** Counts what it will hold before it does; while it moves, the old bytes are there as well. */
    private void ensureRoom(int needed) {
        if (needed <= bytes.length) {
            return;
        }
        int capacity = Math.min(most, Math.max(needed, Math.max(FIRST_CAPACITY, 2 * bytes.length)));
        reservation.resize((long) bytes.length + capacity);
        bytes = Arrays.copyOf(bytes, capacity);
        reservation.resize(capacity);
    }

    private void complete() {
        try {
            reservation.resize(ReceivedBody.whileParsed(length));
        } catch (ApiException noMemory) {
            refuse(noMemory);
            return;
        }
        if (end() && waiting != null) {
            waiting.complete(new ReceivedBody(bytes, length, reservation::resize));
        }
    }

    /** The rest is not read any more. */
    private void refuse(ApiException refusal) {
        if (!end()) {
            return;
        }
        drop();
        cutWhenAnswered(http);
        if (waiting != null) {
            waiting.fail(refusal);
        }
    }

    /** Somebody else has answered, or nobody is there any more. */
    private void abandon() {
        if (end()) {
            drop();
            cut(http);
            if (waiting != null) {
                waiting.fail(new ApiException(ErrorCode.REQUEST_TIMEOUT));
            }
        }
    }

    private boolean end() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        place.leave();
        Deadline.of(http).goOn();
        return true;
    }

    private void drop() {
        bytes = new byte[0];
        reservation.close();
    }

    /** Whoever sends what nobody reads would keep the connection busy, and a stream of HTTP/2 for as long as he likes. */
    static void cutWhenAnswered(RoutingContext http) {
        if (http.request().version() != HttpVersion.HTTP_2 && !http.response().headWritten()) {
            http.response().putHeader(HttpHeaders.CONNECTION, "close");
        }
        http.addEndHandler(answered -> cut(http));
    }

    private static void cut(RoutingContext http) {
        if (http.request().version() == HttpVersion.HTTP_2) {
            http.response().reset();
        } else {
            http.request().connection().close().onFailure(gone -> LOG.debug("gone already", gone));
        }
    }
}
