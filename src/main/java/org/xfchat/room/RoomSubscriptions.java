package org.xfchat.room;

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
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.braid.Subscription;
import org.xfchat.braid.Updates;
import org.xfchat.braid.VersionHeader;
import org.xfchat.cursor.Cursor;
import org.xfchat.cursor.Feed;
import org.xfchat.cursor.Format;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.log.Entry;
import org.xfchat.log.Log;
import org.xfchat.memory.Reservation;
import org.xfchat.message.StreamOpener;
import org.xfchat.message.StreamOpener.Opening;
import org.xfchat.response.CurrentReservation;
import org.xfchat.room.Snapshots.Snapshot;
import org.xfchat.stream.ResponseHead;
import org.xfchat.stream.ServerSentEvents;
import org.xfchat.window.Windows;

/** Following the room: whole snapshots in Braid's form, or messages as events. */
@Singleton
class RoomSubscriptions {
    static final String VARY = "Accept, Subscribe, Parents, Last-Event-ID, Authorization";
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);
    private static final Pattern VERSION = Pattern.compile("v(\\d{1,18})");

    private final StreamOpener opener;
    private final Room room;
    private final Log log;
    private final Windows windows;
    private final Snapshots snapshots;

    RoomSubscriptions(StreamOpener opener, Room room, Log log, Windows windows, Snapshots snapshots) {
        this.opener = opener;
        this.room = room;
        this.log = log;
        this.windows = windows;
        this.snapshots = snapshots;
    }

    /**
     * A request for a stream.
     *
     * @param parents what the client knows; empty for nothing
     * @param memory for the first window
     */
    record Request(RoutingContext http, Caller caller, List<String> parents, int limit, CurrentReservation memory) {}

    /**
     * Snapshots: one at once unless the client knows it, then one per change.
     *
     * @return as {@link StreamOpener#open}; fails with {@code VERSION_UNKNOWN}
     */
    CompletableFuture<Void> braid(Request request, String subscribe, @Nullable String heartbeats) {
        Optional<Duration> pace = Subscription.heartbeats(heartbeats);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Subscribe", Subscription.echo(subscribe));
        headers.put("Content-Type", "application/json");
        pace.ifPresent(asked -> headers.put("Heartbeats", Subscription.format(asked)));
        return open(request, (feed, reading) -> {
            Snapshot first = snapshots.at(reading, feed.conversation(), request.limit());
            long known = known(request.parents(), first.seq());
            currentVersion(headers, first.seq());
            ResponseHead head = new ResponseHead(
                    "room", 209, headers, Updates.BLANK_LINE, Updates.BLANK_LINE, pace.orElse(HEARTBEAT));
            Buffer update = known < first.seq() ? first.update() : Buffer.buffer();
            return new Opening(
                    head,
                    update,
                    beginning -> new SnapshotFollower(feed, snapshots, request.limit(), first.seq(), beginning));
        });
    }

    /** The room as it is now. */
    Snapshot state(int limit, Reservation memory) {
        return windows.read(memory, reading -> snapshots.at(reading, room.id(), limit));
    }

    /** Messages: the last ones, or those after the last event, then live. */
    CompletableFuture<Void> events(Request request, @Nullable String lastEventId) {
        return open(request, (feed, reading) -> {
            UUID conversation = feed.conversation();
            long head = log.head(conversation).seq();
            int epoch = log.epoch();
            Format format = snapshots.events(epoch);
            OptionalLong after =
                    lastEventId == null ? OptionalLong.empty() : ServerSentEvents.position(lastEventId, epoch, head);
            Buffer first = Buffer.buffer();
            if (after.isEmpty()) {
                if (lastEventId != null) {
                    first.appendBuffer(ServerSentEvents.reset());
                }
                List<Entry> window = new ArrayList<>(reading.window(conversation, head, request.limit()));
                Collections.reverse(window);
                window.forEach(entry -> first.appendBuffer(format.encoder().apply(entry)));
            }
            Map<String, String> headers = new LinkedHashMap<>();
            currentVersion(headers, head);
            return new Opening(
                    ServerSentEvents.head("room", headers),
                    first,
                    beginning -> new Cursor(feed, null, after.orElse(head), head, Cursor.FOR_EVER, format, beginning));
        });
    }

    private CompletableFuture<Void> open(Request request, BiFunction<Feed, Windows.Reading, Opening> begin) {
        return opener.open(
                new StreamOpener.Request(request.http(), request.caller().id(), request::caller, request.memory()),
                room.id(),
                begin);
    }

    private static void currentVersion(Map<String, String> headers, long seq) {
        headers.put("Vary", VARY);
        if (seq > 0) {
            headers.put("Current-Version", VersionHeader.format(RoomMessage.version(seq)));
        }
    }

    /** The newest of the versions; before 0 for none. */
    private static long known(List<String> parents, long head) {
        long newest = -1;
        for (String parent : parents) {
            Matcher version = VERSION.matcher(parent);
            if (!version.matches() || Long.parseLong(version.group(1)) > head) {
                throw new ApiException(ErrorCode.VERSION_UNKNOWN);
            }
            newest = Math.max(newest, Long.parseLong(version.group(1)));
        }
        return newest;
    }
}
