package org.xfchat.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
import org.xfchat.log.Position;
import org.xfchat.response.CurrentReservation;
import org.xfchat.stream.ResponseHead;
import org.xfchat.stream.ServerSentEvents;
import org.xfchat.window.Windows;

/** Turns a request into a cursor on a conversation's log: where it begins, and in which form. */
@Singleton
class Subscriptions {
    private static final Duration HEARTBEAT = Duration.ofSeconds(20);

    private final StreamOpener opener;
    private final LogFacts facts;
    private final MessageEncoder encoder;

    Subscriptions(StreamOpener opener, LogFacts facts, MessageEncoder encoder) {
        this.opener = opener;
        this.facts = facts;
        this.encoder = encoder;
    }

    /**
     * A request for a stream.
     *
     * @param account of the user, as {@link StreamOpener.Request} has it
     * @param parents what the client knows; empty for nothing
     * @param limit of the window that one gets who knows nothing
     * @param memory for that window
     */
    record Request(
            RoutingContext http,
            UUID user,
            Supplier<Caller> account,
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
     * @return as {@link StreamOpener#open}; fails with {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}, {@code
     *     VERSION_UNKNOWN} for a parent
     */
    CompletableFuture<Void> braid(Request request, String subscribe, @Nullable String heartbeats) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Subscribe", Subscription.echo(subscribe));
        Optional<Duration> asked = Subscription.heartbeats(heartbeats);
        asked.ifPresent(pace -> headers.put("Heartbeats", Subscription.format(pace)));
        return open(
                request,
                reading -> {
                    LogFacts.Facts facts = facts(request, request.parents());
                    return request.parents().isEmpty()
                            ? snapshot(request, facts, reading)
                            : updates(facts, newest(facts, request.parents()), Cursor.FOR_EVER);
                },
                head -> history("braid", headers, asked.orElse(HEARTBEAT), head));
    }

    /**
     * What followed the newest of the parents, up to a version, else to the end, and then a clean end.
     *
     * @return as {@link StreamOpener#open}; fails with {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}, {@code
     *     VERSION_UNKNOWN}
     */
    CompletableFuture<Void> range(Request request, Optional<String> version) {
        return open(
                request,
                reading -> {
                    LogFacts.Facts facts = facts(
                            request,
                            Stream.concat(request.parents().stream(), version.stream())
                                    .toList());
                    long after = newest(facts, request.parents());
                    long upTo = version.isPresent()
                            ? newest(facts, List.of(version.get()))
                            : facts.head().seq();
                    return updates(facts, after, upTo);
                },
                head -> history("range", Map.of(), HEARTBEAT, head));
    }

    /**
     * A subscription as server-sent events: the window, or what followed the last event, then live. Who knows something that
     * is not known here is told so, and gets the window: an EventSource takes any other answer for final.
     *
     * @param lastEventId the header; null where there is none
     * @return as {@link StreamOpener#open}; fails with {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}
     */
    CompletableFuture<Void> events(Request request, @Nullable String lastEventId) {
        return open(
                request,
                reading -> {
                    LogFacts.Facts facts = facts(request, request.parents());
                    Position head = facts.head();
                    int epoch = facts.epoch();
                    OptionalLong after = OptionalLong.empty();
                    if (lastEventId != null) {
                        after = ServerSentEvents.position(lastEventId, epoch, head.seq());
                    } else if (!request.parents().isEmpty()) {
                        after = facts.newest(request.parents());
                    }
                    Buffer first = Buffer.buffer();
                    if (after.isEmpty()) {
                        if (lastEventId != null || !request.parents().isEmpty()) {
                            first.appendBuffer(ServerSentEvents.reset());
                        }
                        window(request, reading, head)
                                .forEach(
                                        entry -> first.appendBuffer(encoder.event(entry, epoch, facts.participants())));
                        after = OptionalLong.of(head.seq());
                    }
                    return new Start(after.getAsLong(), head, Cursor.FOR_EVER, encoder.events(epoch), first);
                },
                head -> ServerSentEvents.head("sse", common(head)));
    }

    private CompletableFuture<Void> open(
            Request request, Function<Windows.Reading, Start> read, Function<Position, ResponseHead> form) {
        return opener.open(
                new StreamOpener.Request(request.http(), request.user(), request.account(), request.memory()),
                request.conversation(),
                (feed, reading) -> {
                    Start start = read.apply(reading);
                    return new StreamOpener.Opening(
                            form.apply(start.head()),
                            start.first(),
                            beginning -> new Cursor(
                                    feed,
                                    request.user(),
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

    private LogFacts.Facts facts(Request request, List<String> versions) {
        return facts.of(request.conversation(), request.user(), versions);
    }

    private Start snapshot(Request request, LogFacts.Facts facts, Windows.Reading reading) {
        Position head = facts.head();
        List<Entry> window = window(request, reading, head);
        String parent = window.isEmpty() ? null : window.get(window.size() - 1).parent();
        byte[] update = Updates.snapshot(head.version(), parent, encoder.state(window, facts.participants()));
        return new Start(head.seq(), head, Cursor.FOR_EVER, encoder.braid(), Buffer.buffer(update));
    }

    private Start updates(LogFacts.Facts facts, long after, long upTo) {
        return new Start(after, facts.head(), upTo, encoder.braid(), Buffer.buffer());
    }

    private static List<Entry> window(Request request, Windows.Reading reading, Position head) {
        List<Entry> window = new ArrayList<>(reading.window(request.conversation(), head.seq(), request.limit()));
        Collections.reverse(window);
        return window;
    }

    private static long newest(LogFacts.Facts facts, List<String> versions) {
        return facts.newest(versions).orElseThrow(() -> new ApiException(ErrorCode.VERSION_UNKNOWN));
    }
}
