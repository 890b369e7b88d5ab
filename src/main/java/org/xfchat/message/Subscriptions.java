package org.xfchat.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.braid.Subscription;
import org.xfchat.braid.Updates;
import org.xfchat.braid.VersionHeader;
import org.xfchat.cursor.Cursor;
import org.xfchat.cursor.Format;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.log.Position;
import org.xfchat.participant.Conversations;
import org.xfchat.participant.Participants;
import org.xfchat.response.CurrentReservation;
import org.xfchat.stream.ResponseHead;
import org.xfchat.stream.ServerSentEvents;
import org.xfchat.window.Windows;

/** Turns a request into a cursor on a conversation's log: where it begins, and in which form. */
@Singleton
class Subscriptions {
    private static final Duration HEARTBEAT = Duration.ofSeconds(20);
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.US_ASCII);
    private static final int RETRY_MILLIS = 2000;

    private final StreamOpener opener;
    private final Conversations conversations;
    private final Log log;
    private final MessageEncoder encoder;

    Subscriptions(StreamOpener opener, Conversations conversations, Log log, MessageEncoder encoder) {
        this.opener = opener;
        this.conversations = conversations;
        this.log = log;
        this.encoder = encoder;
    }

    /**
     * A request for a stream.
     *
     * @param parents what the client knows; empty for nothing
     * @param limit of the window that one gets who knows nothing
     * @param memory for that window
     */
    record Request(
            RoutingContext http,
            Caller caller,
            UUID conversation,
            List<String> parents,
            int limit,
            CurrentReservation memory) {}

    /** Where a stream begins: after {@code seq}, with {@code first}, in a log that ends at {@code head}. */
    private record Start(long seq, Position head, long upTo, Format format, Buffer first) {}

    /**
     * A subscription in Braid's form: a snapshot, or what followed the newest of the parents, then live.
     *
     * @param subscribe the header, to be echoed
     * @param heartbeats the header; null where there is none
     * @throws ApiException {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}, {@code VERSION_UNKNOWN} for a parent
     */
    void braid(Request request, String subscribe, @Nullable String heartbeats) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Subscribe", Subscription.echo(subscribe));
        Optional<Duration> asked = Subscription.heartbeats(heartbeats);
        asked.ifPresent(pace -> headers.put("Heartbeats", Subscription.format(pace)));
        open(
                request,
                reading -> request.parents().isEmpty()
                        ? snapshot(request, reading)
                        : updates(request, parents(request).orElseThrow(Subscriptions::unknown), Cursor.FOR_EVER),
                head -> history("braid", headers, asked.orElse(HEARTBEAT), head));
    }

    /**
     * What followed the newest of the parents, up to a version, else to the end, and then a clean end.
     *
     * @throws ApiException {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}, {@code VERSION_UNKNOWN}
     */
    void range(Request request, Optional<String> version) {
        open(
                request,
                reading -> {
                    long after = parents(request).orElseThrow(Subscriptions::unknown);
                    long upTo = version.isPresent()
                            ? newest(request, List.of(version.get())).orElseThrow(Subscriptions::unknown)
                            : log.head(request.conversation()).seq();
                    return updates(request, after, upTo);
                },
                head -> history("range", Map.of(), HEARTBEAT, head));
    }

    /**
     * A subscription as server-sent events: the window, or what followed the last event, then live. Who knows something that
     * is not known here is told so, and gets the window: an EventSource takes any other answer for final.
     *
     * @param lastEventId the header; null where there is none
     * @throws ApiException {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}
     */
    void events(Request request, @Nullable String lastEventId) {
        open(
                request,
                reading -> {
                    Participants participants = require(request);
                    Position head = log.head(request.conversation());
                    int epoch = log.epoch();
                    OptionalLong after = OptionalLong.empty();
                    if (lastEventId != null) {
                        after = ServerSentEvents.position(lastEventId, epoch, head.seq());
                    } else if (!request.parents().isEmpty()) {
                        after = newest(request, request.parents());
                    }
                    Buffer first = Buffer.buffer();
                    if (after.isEmpty()) {
                        if (lastEventId != null || !request.parents().isEmpty()) {
                            first.appendBuffer(ServerSentEvents.event(null, "reset", NOTHING));
                        }
                        window(request, reading, head)
                                .forEach(entry -> first.appendBuffer(encoder.event(entry, epoch, participants)));
                        after = OptionalLong.of(head.seq());
                    }
                    return new Start(after.getAsLong(), head, Cursor.FOR_EVER, encoder.events(epoch), first);
                },
                head -> ServerSentEvents.head("sse", common(head), RETRY_MILLIS));
    }

    private void open(Request request, Function<Windows.Reading, Start> read, Function<Position, ResponseHead> form) {
        opener.open(
                new StreamOpener.Request(request.http(), request.caller(), request.memory()),
                request.conversation(),
                (feed, reading) -> {
                    Start start = read.apply(reading);
                    return new StreamOpener.Opening(
                            form.apply(start.head()),
                            start.first(),
                            beginning -> new Cursor(
                                    feed,
                                    request.caller().id(),
                                    start.seq(),
                                    start.head().seq(),
                                    start.upTo(),
                                    start.format(),
                                    beginning));
                });
    }

    private static ResponseHead history(String kind, Map<String, String> headers, Duration pace, Position head) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(common(head));
        all.put("Content-Type", "application/http-history");
        return new ResponseHead(kind, 209, all, Updates.BLANK_LINE, Updates.BLANK_LINE, pace);
    }

    private static Map<String, String> common(Position head) {
        return Map.of("Vary", LogResource.VARY, LogResource.CURRENT_VERSION, VersionHeader.format(head.version()));
    }

    private Participants require(Request request) {
        return conversations.require(request.conversation(), request.caller().id());
    }

    private Start snapshot(Request request, Windows.Reading reading) {
        Participants participants = require(request);
        Position head = log.head(request.conversation());
        List<Entry> window = window(request, reading, head);
        String parent = window.isEmpty() ? null : window.get(window.size() - 1).parent();
        byte[] update = Updates.snapshot(head.version(), parent, encoder.state(window, participants));
        return new Start(head.seq(), head, Cursor.FOR_EVER, encoder.braid(), Buffer.buffer(update));
    }

    private Start updates(Request request, long after, long upTo) {
        Position head = log.head(request.conversation());
        return new Start(after, head, upTo, encoder.braid(), Buffer.buffer());
    }

    private static List<Entry> window(Request request, Windows.Reading reading, Position head) {
        List<Entry> window = new ArrayList<>(reading.window(request.conversation(), head.seq(), request.limit()));
        Collections.reverse(window);
        return window;
    }

    /** The newest of the request's parents; empty when one of them is unknown. */
    private OptionalLong parents(Request request) {
        require(request);
        return newest(request, request.parents());
    }

    private OptionalLong newest(Request request, List<String> versions) {
        Map<String, Position> known = log.positions(request.conversation(), versions);
        return known.keySet().containsAll(versions)
                ? OptionalLong.of(known.values().stream()
                        .map(Position::seq)
                        .max(Comparator.naturalOrder())
                        .orElseThrow())
                : OptionalLong.empty();
    }

    private static ApiException unknown() {
        return new ApiException(ErrorCode.VERSION_UNKNOWN);
    }
}
