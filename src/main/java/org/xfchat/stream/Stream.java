package org.xfchat.stream;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.xfchat.answer.Connections;

/** One open response. Methods are for its event loop, unless they say otherwise. */
public final class Stream {
    /** Braid-HTTP 04, section 4.1. */
    private static final int SUBSCRIPTION = 209;

    private final RoutingContext http;
    private final HttpServerResponse response;
    private final EventLoop loop;
    private final Head head;
    private final UUID userId;
    private final long endsNanos;
    private final Source source;
    private final BiConsumer<Stream, String> whenClosed;

    // Read by the thread that watches all streams.
    private volatile long heartbeatDue;
    private volatile long fullSince;
    private volatile long cutAt;
    private Future<Void> written = Future.succeededFuture();
    private boolean opened;
    private boolean closed;
    private @Nullable String reason;

    Stream(
            RoutingContext http,
            EventLoop loop,
            Head head,
            UUID userId,
            long endsNanos,
            Source source,
            BiConsumer<Stream, String> whenClosed) {
        this.http = http;
        this.response = http.response();
        this.loop = loop;
        this.head = head;
        this.userId = userId;
        this.endsNanos = endsNanos;
        this.source = source;
        this.whenClosed = whenClosed;
        this.heartbeatDue = System.nanoTime() + head.every().toNanos();
    }

    /** The thread of everything that belongs to this stream. */
    public EventLoop loop() {
        return loop;
    }

    UUID userId() {
        return userId;
    }

    String kind() {
        return head.kind();
    }

    /** Sends the head; false when the client is gone, or the request was answered otherwise meanwhile. */
    boolean open() {
        if (response.headWritten() || response.ended() || response.closed()) {
            source.closed();
            return false;
        }
        http.addEndHandler(ended -> close("client"));
        response.drainHandler(room -> {
            fullSince = 0;
            if (!closed) {
                source.writable();
            }
        });
        if (head.status() == SUBSCRIPTION) {
            response.setStatusMessage("Subscription");
        }
        response.setStatusCode(head.status())
                .setChunked(http.request().version() != HttpVersion.HTTP_2)
                .putHeader("Cache-Control", "no-cache, no-transform, no-store")
                .putHeader("X-Accel-Buffering", "no");
        head.headers().forEach(response::putHeader);
        written = response.write(Buffer.buffer(head.greeting()));
        opened = true;
        return true;
    }

    /**
     * Lets the source write.
     *
     * @param whenSent called once, when nothing of what it writes here is in memory any more
     */
    void begin(Runnable whenSent) {
        source.opened(this);
        written.onComplete(done -> whenSent.run());
    }

    /** Whether it is open and its socket has room; when not, {@link Source#writable} follows, or {@link Source#closed}. */
    public boolean isWritable() {
        return !closed && !response.writeQueueFull();
    }

    /** Writes whole events or updates; does nothing once closed. */
    public void write(Buffer bytes) {
        if (!closed) {
            written = response.write(bytes);
        }
    }

    /** Ends it as complete: only for a stream that was asked to be finite. */
    public void end() {
        if (!closed) {
            close("complete");
            response.end();
        }
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
        close(why);
        Connections.cut(http.request());
    }

    private void close(String why) {
        if (!closed) {
            closed = true;
            reason = why;
            source.closed();
            if (opened) {
                whenClosed.accept(this, why);
            }
        }
    }

    /** Cuts it at that time, of {@link System#nanoTime}, because the service stops. */
    void cutAt(long nanos) {
        cutAt = nanos == 0 ? 1 : nanos;
    }

    /**
     * What time demands: from the thread that watches all streams.
     *
     * @param stalls whether to look at the socket as well, which costs more than everything else here
     */
    void tick(long now, boolean stalls, long stallNanos) {
        if (cutAt != 0 && now - cutAt >= 0) {
            abort("shutdown");
        } else if (now - endsNanos >= 0) {
            abort("expired");
        } else if (!stalls && now - heartbeatDue < 0) {
            return;
        } else if (response.writeQueueFull()) {
            if (fullSince == 0) {
                fullSince = now == 0 ? 1 : now;
            } else if (now - fullSince >= stallNanos) {
                abort("stalled");
            }
        } else {
            // Also when it drained between the two questions, of which nobody else would tell.
            fullSince = 0;
            if (now - heartbeatDue >= 0) {
                heartbeatDue = now + head.every().toNanos();
                loop.execute(() -> write(Buffer.buffer(head.heartbeat())));
            }
        }
    }

    @Override
    public String toString() {
        return "Stream " + head.kind() + " of " + userId + (reason == null ? "" : ", " + reason);
    }
}
