package org.xfchat.stream;

import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.memory.Reservation;
import org.xfchat.response.Connections;

/** One open response. Methods are for its event loop, unless they say otherwise. */
public final class Stream {
    /** Braid-HTTP 04, section 4.1. */
    private static final int SUBSCRIPTION = 209;

    /** Of the kernel, which says that it has room only when much of what it has taken is gone. */
    private static final int SEND_BUFFER = 64 << 10;

    private static final String CLIENT = "client";

    private final RoutingContext http;
    private final HttpServerResponse response;
    private final EventLoop loop;
    private final String kind;
    private final String heartbeat;
    private final long heartbeatNanos;
    private final UUID userId;
    private final long endsNanos;
    private final Source source;
    private final Streams streams;
    private final Outlet outlet;

    // Read by the thread that watches all streams.
    private volatile long heartbeatDue;
    private volatile long cutAt;
    private volatile boolean starved;

    private boolean opened;
    private boolean closed;
    private @Nullable String reason;

    Stream(
            RoutingContext http,
            EventLoop loop,
            ResponseHead head,
            UUID userId,
            long endsNanos,
            Source source,
            Streams streams) {
        this.http = http;
        this.response = http.response();
        this.loop = loop;
        this.kind = head.kind();
        this.heartbeat = head.heartbeat();
        this.heartbeatNanos = head.every().toNanos();
        this.userId = userId;
        this.endsNanos = endsNanos;
        this.source = source;
        this.streams = streams;
        this.outlet = new Outlet(response, () -> streams.reservation(userId), this::taken, () -> cut(CLIENT));
        this.heartbeatDue = System.nanoTime() + heartbeatNanos;
    }

    /** The thread of everything that belongs to this stream. */
    public EventLoop loop() {
        return loop;
    }

    UUID userId() {
        return userId;
    }

    String kind() {
        return kind;
    }

    /** Sends the head, which is forgotten then; false, and it is closed, when the client is gone, or the request was answered otherwise meanwhile. */
    boolean open(ResponseHead head) {
        if (response.headWritten() || response.ended() || isGone()) {
            close(CLIENT);
            return false;
        }
        http.addEndHandler(ended -> close(CLIENT));
        response.drainHandler(room -> resume());
        if (head.status() == SUBSCRIPTION) {
            response.setStatusMessage("Subscription");
        }
        response.setStatusCode(head.status())
                .setChunked(http.request().version() != HttpVersion.HTTP_2)
                .putHeader("Cache-Control", "no-cache, no-transform, no-store")
                .putHeader("X-Accel-Buffering", "no");
        head.headers().forEach(response::putHeader);
        Connections.limitSendBuffer(http.request(), SEND_BUFFER);
        Connections.resetAtEnd(http.request());
        if (http.request().version() == HttpVersion.HTTP_2) {
            // By itself: of a head that the client does not take, only its own writing tells.
            response.writeHead().onFailure(refused -> cut(CLIENT));
        }
        if (!closed) {
            outlet.write(Buffer.buffer(head.greeting()));
        }
        if (http.request().version() != HttpVersion.HTTP_2) {
            // Half a kilobyte each, for as long as it is open; nobody asks for the request's any more.
            response.headers().clear();
            http.request().headers().clear();
        }
        if (isGone()) {
            cut(CLIENT);
        }
        opened = !closed;
        return opened;
    }

    /** Lets the source write. */
    void begin() {
        source.opened(this);
    }

    /** Whether its client can no longer be reached, told or not. From any thread. */
    private boolean isGone() {
        return response.closed() || Connections.isClosed(http.request());
    }

    /** Whether it is open and its socket has room; when not, {@link Source#writable} follows, or {@link Source#closed}. */
    public boolean isWritable() {
        return !closed && outlet.isFree();
    }

    /**
     * Writes whole events or updates that are in memory for others as well; does nothing once closed.
     *
     * @return false, and nothing is written, where there is no memory for what the socket may leave here of it; then {@link
     *     Source#writable} follows when there may be
     */
    public boolean offer(Buffer bytes) {
        if (closed) {
            return true;
        }
        if (bytes.length() <= Outlet.SLICE) {
            outlet.write(bytes);
            return true;
        }
        Reservation memory = outlet.reserve(bytes.length());
        if (memory == null) {
            starve();
            return false;
        }
        outlet.write(bytes, memory);
        return true;
    }

    /**
     * Writes whole events or updates that are in memory for this stream only.
     *
     * @param memory of the bytes; closed when the socket has taken them, or never will
     */
    public void write(Buffer bytes, Reservation memory) {
        outlet.write(bytes, memory);
    }

    /** Memory for this stream's client, of no size; its taker closes it. From any thread. */
    public Reservation reservation() {
        return streams.reservation(userId);
    }

    /** Takes a step of its source; one that fails ends the stream, whose client comes back. */
    public void attempt(Runnable step) {
        streams.attempt(this, step);
    }

    /** The same on its event loop. From any thread. */
    public void execute(Runnable step) {
        loop.execute(() -> attempt(step));
    }

    /** Lets {@link Source#writable} follow when there may be memory again. From any thread. */
    public void starve() {
        starved = true;
        streams.starve(this);
    }

    private void taken() {
        streams.hasRoom();
        resume();
    }

    /** Ends it as complete, when everything is taken: only for a stream that was asked to be finite. */
    public void end() {
        outlet.whenTaken(() -> {
            close("complete");
            Connections.endInOrder(http.request());
            response.end();
        });
    }

    /**
     * Cuts it, so that the client knows that there may be more. From any thread.
     *
     * @param why a word for metrics
     */
    public void abort(String why) {
        if (loop.inEventLoop()) {
            cut(why);
        } else {
            loop.execute(() -> cut(why));
        }
    }

    private void cut(String why) {
        if (closed) {
            return;
        }
        try {
            close(why);
        } finally {
            Connections.cut(http.request());
        }
    }

    private void close(String why) {
        if (closed) {
            return;
        }
        closed = true;
        reason = why;
        outlet.close();
        try {
            source.closed();
        } finally {
            if (opened) {
                streams.closed(this, why);
            }
        }
    }

    /** The socket has room again, or there is memory. */
    private void resume() {
        starved = false;
        if (isWritable()) {
            attempt(source::writable);
        }
    }

    /** Lets it go on if it waits for memory. From any thread. */
    void feed() {
        if (starved) {
            loop.execute(this::resume);
        }
    }

    /** Cuts it at that time, of {@link System#nanoTime}, because the service stops. */
    void cutAt(long nanos) {
        cutAt = nanos == 0 ? 1 : nanos;
    }

    /**
     * What time demands: from the thread that watches all streams.
     *
     * @param looks whether to look at the socket as well, which costs more than everything else here
     */
    void tick(long now, boolean looks, long stallNanos) {
        if (cutAt != 0 && now - cutAt >= 0) {
            abort("shutdown");
        } else if (now - endsNanos >= 0) {
            abort("expired");
        } else if (looks && isGone()) {
            abort(CLIENT);
        } else if (looks && outlet.isStalled(now, stallNanos)) {
            abort("stalled");
        } else {
            if (looks) {
                feed();
            }
            if (now - heartbeatDue >= 0) {
                heartbeatDue = now + heartbeatNanos;
                execute(this::beat);
            }
        }
    }

    /** Who has not taken what came before would not see it. */
    private void beat() {
        if (isWritable()) {
            outlet.write(Buffer.buffer(heartbeat));
        }
    }

    @Override
    public String toString() {
        return "Stream " + kind + " of " + userId + (reason == null ? "" : ", " + reason);
    }
}
