package org.xfchat.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.cursor.Beginning;
import org.xfchat.cursor.Feed;
import org.xfchat.cursor.Feeds;
import org.xfchat.response.CurrentReservation;
import org.xfchat.stream.ResponseHead;
import org.xfchat.stream.Source;
import org.xfchat.stream.Streams;
import org.xfchat.window.Windows;

/**
 * Opens the streams that follow a log, a conversation's or the room's. The feed is registered first and the log is read then, so that
 * nothing falls between; whatever was taken is given back where the stream does not open.
 */
@Singleton
public class StreamOpener {
    private final Feeds feeds;
    private final Streams streams;
    private final Windows windows;

    StreamOpener(Feeds feeds, Streams streams, Windows windows) {
        this.feeds = feeds;
        this.streams = streams;
        this.windows = windows;
    }

    /**
     * Who asks.
     *
     * @param memory for what is written first
     */
    public record Request(RoutingContext http, Caller caller, CurrentReservation memory) {}

    /**
     * How a stream begins.
     *
     * @param first what is written first, empty for nothing
     * @param source what feeds it after that; it gives back the beginning's memory
     */
    public record Opening(ResponseHead head, Buffer first, Function<@Nullable Beginning, Source> source) {}

    /**
     * Takes the response over.
     *
     * @param begin reads where the stream begins, in one transaction; what it throws is the request's answer
     * @throws org.xfchat.error.ApiException {@code TOO_MANY_REQUESTS} where the caller has as many streams as he may; whatever
     *     {@code begin} throws
     */
    public void open(Request request, UUID conversation, BiFunction<Feed, Windows.Reading, Opening> begin) {
        streams.requirePlace(request.caller());
        Feed feed = feeds.open(conversation);
        boolean handedOver = false;
        try {
            Opening opening = windows.read(request.memory().get(), reading -> begin.apply(feed, reading));
            Source source = opening.source()
                    .apply(Beginning.of(opening.first(), request.memory().take()));
            // From here on whoever has the source gives back what was taken.
            handedOver = true;
            open(request, opening.head(), source);
        } finally {
            if (!handedOver) {
                feed.release();
            }
        }
    }

    private void open(Request request, ResponseHead head, Source source) {
        try {
            streams.open(request.http(), request.caller(), head, source);
        } catch (RuntimeException refused) {
            source.closed();
            throw refused;
        }
    }
}
