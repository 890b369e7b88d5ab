package org.xfchat.conversation;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.log.Entry;
import org.xfchat.message.MessageView;
import org.xfchat.participant.Participants;

/**
 * The contract's {@code Conversation}.
 *
 * @param otherUsername of a direct conversation whose other side still has an account, else null
 * @param lastMessage null when there is none or its text is longer than {@link #WHOLE_BYTES}
 * @param lastMessagePreview the first {@link #PREVIEW_CODE_POINTS} characters, with three dots when cut; empty for none
 * @param lastMessageTime when the conversation was opened where there is no message
 * @param unreadCount messages of others after the read position, exact up to 1,000 and 1,000 beyond
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@RegisterForReflection
public record ConversationView(
        UUID id,
        String kind,
        @Nullable String name,
        List<UUID> participants,
        @Nullable String otherUsername,
        @Nullable MessageView lastMessage,
        String lastMessagePreview,
        Instant lastMessageTime,
        int unreadCount,
        Instant createdAt) {
    static final int WHOLE_BYTES = 16 << 10;
    static final int PREVIEW_CODE_POINTS = 50;

    /** @param last null when there is none */
    static ConversationView of(ConversationRows.Conversation conversation, @Nullable Entry last) {
        Participants participants = conversation.participants();
        return new ConversationView(
                conversation.id(),
                conversation.kind(),
                conversation.name(),
                participants.readSeqs().keySet().stream().sorted().toList(),
                conversation.otherUsername(),
                last != null && last.whole() ? MessageView.of(last, participants) : null,
                last == null ? "" : preview(last.content()),
                last == null ? conversation.createdAt() : last.createdAt(),
                conversation.unread(),
                conversation.createdAt());
    }

    private static String preview(String content) {
        return content.codePointCount(0, content.length()) <= PREVIEW_CODE_POINTS
                ? content
                : content.substring(0, content.offsetByCodePoints(0, PREVIEW_CODE_POINTS)) + "...";
    }
}
