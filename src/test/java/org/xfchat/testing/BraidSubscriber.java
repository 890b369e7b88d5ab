package org.xfchat.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows a conversation by Braid-HTTP and resumes with the last version it knows. */
public final class BraidSubscriber extends Subscriber {
    private static final Set<Integer> FINAL = Set.of(400, 401, 403, 404, 405, 410);
    private static final Duration PAUSE = Duration.ofMillis(30);

    private final BraidReader reader;

    private BraidSubscriber(Subscription subscription, @Nullable String version) {
        super(subscription);
        this.reader = new BraidReader(version, subscription.keep());
    }

    /** Begins with a snapshot of the newest messages. */
    public static BraidSubscriber open(Subscription subscription) {
        return open(subscription, null);
    }

    /** Begins after this version; the conversation's id is the version of its empty log. */
    public static BraidSubscriber open(Subscription subscription, @Nullable String version) {
        BraidSubscriber subscriber = new BraidSubscriber(subscription, version);
        subscriber.start();
        return subscriber;
    }

    /** What it would resume with; null before the first update. */
    public @Nullable String lastVersion() {
        return reader.lastVersion();
    }

    /** How many heartbeats came. */
    public long heartbeats() {
        return reader.blankLines();
    }

    @Override
    Map<String, String> headers() {
        @Nullable String version = reader.lastVersion();
        return version == null
                ? Map.of("Subscribe", "true")
                : Map.of("Subscribe", "true", "Parents", '"' + version.replaceAll("[\"\\\\]", "\\\\$0") + '"');
    }

    @Override
    boolean isStream(int status) {
        return status == 209;
    }

    @Override
    boolean isFinal(int status) {
        return FINAL.contains(status);
    }

    @Override
    Duration pause(int failures) {
        return PAUSE;
    }

    @Override
    void reconnected() {
        reader.reconnected();
    }

    @Override
    List<JsonNode> take(HttpStream current, byte[] piece) {
        return reader.feed(piece);
    }
}
