package org.xfchat.realtime;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.contact.FriendRequestAnswered;
import org.xfchat.contact.FriendRequestSent;
import org.xfchat.conversation.ConversationList;
import org.xfchat.error.ApiException;
import org.xfchat.failure.Failures;
import org.xfchat.message.Messages.MarkedRead;
import org.xfchat.presence.PresenceChanged;

/** Who is told what. What was announced is true already, so that nothing here may make its command fail. */
@Singleton
class RealtimeEvents {
    private static final Logger LOG = Logger.getLogger(RealtimeEvents.class);

    /** Payload of {@code typing}. */
    @RegisterForReflection
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Typing(String user, boolean isTyping, @Nullable UUID conversationId) {}

    /** Payload of {@code status}. */
    @RegisterForReflection
    record Status(String status, PresenceDetails details) {}

    @RegisterForReflection
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record PresenceDetails(UUID userId, String status, Instant lastSeen) {}

    /** Payload of the custom event {@code read}. */
    @RegisterForReflection
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Read(UUID conversationId, UUID messageId, UUID readerId) {}

    /** Payload of the custom event {@code friend_response}. */
    @RegisterForReflection
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record FriendResponse(UUID requestId, boolean accepted) {}

    /** Who types where: only the latest state counts. */
    private record TypingSubject(UUID user, @Nullable UUID conversation) {}

    private record PresenceSubject(UUID user) {}

    private final Audience audience;
    private final ConversationList conversations;
    private final Broadcast broadcast;
    private final EventJson json;
    private final Counter failed;
    private final Failures failures;

    RealtimeEvents(
            Audience audience,
            ConversationList conversations,
            Broadcast broadcast,
            EventJson json,
            MeterRegistry metrics) {
        this.audience = audience;
        this.conversations = conversations;
        this.broadcast = broadcast;
        this.json = json;
        this.failed = Subscribers.dropped("failed", metrics);
        this.failures = Failures.in(metrics);
    }

    /**
     * Tells the caller's contacts that the caller types, or does no longer.
     *
     * @param conversation where; then only contacts who take part in it are told. Null for nowhere in particular
     * @throws ApiException {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}
     */
    void typing(Caller caller, boolean isTyping, @Nullable UUID conversation) {
        List<UUID> to =
                conversation == null ? audience.contacts(caller.id()) : audience.contacts(caller.id(), conversation);
        broadcast.tell(
                new TypingSubject(caller.id(), conversation),
                to,
                json.event("typing", new Typing(caller.username(), isTyping, conversation)));
    }

    void changed(@Observes PresenceChanged presence) {
        String status = presence.online() ? "online" : "offline";
        attempt(() -> broadcast.tell(
                new PresenceSubject(presence.userId()),
                audience.contacts(presence.userId()),
                json.event(
                        "status",
                        new Status(status, new PresenceDetails(presence.userId(), status, presence.lastSeen())))));
    }

    void sent(@Observes FriendRequestSent sent) {
        attempt(() ->
                broadcast.tell(null, List.of(sent.request().toUserId()), json.event("friend_request", sent.request())));
    }

    void answered(@Observes FriendRequestAnswered answer) {
        attempt(() -> broadcast.tell(
                null,
                List.of(answer.from()),
                json.event("friend_response", new FriendResponse(answer.requestId(), answer.accepted()))));
        UUID conversation = answer.conversation();
        if (conversation != null) {
            for (UUID user : List.of(answer.from(), answer.to())) {
                attempt(() -> conversations
                        .one(user, conversation)
                        .ifPresent(view -> broadcast.tell(null, List.of(user), json.event("conversation", view))));
            }
        }
    }

    void read(@Observes MarkedRead read) {
        attempt(() -> broadcast.tell(
                null, read.others(), json.event("read", new Read(read.conversation(), read.message(), read.reader()))));
    }

    private void attempt(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException lost) {
            failed.increment();
            LOG.warnf("an event is lost: %s", Failures.reason(lost));
            LOG.debug("an event is lost", lost);
        } catch (Throwable bug) {
            failed.increment();
            failures.survived("event", bug);
        }
    }
}
