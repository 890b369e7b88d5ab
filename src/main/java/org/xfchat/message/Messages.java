package org.xfchat.message;

import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.log.ChatMessage;
import org.xfchat.log.Entry;
import org.xfchat.log.Position;
import org.xfchat.memory.Reservation;
import org.xfchat.participant.Conversations;
import org.xfchat.participant.Participants;
import org.xfchat.window.Windows;

/** Reading a conversation's messages, and marking them read. */
@Singleton
public class Messages {
    /**
     * Somebody has read a message and all before it. Fired after the commit, and only where that was news.
     *
     * @param others the conversation's other participants
     */
    public record MarkedRead(UUID conversation, UUID message, UUID reader, List<UUID> others) {}

    private final Transactions transactions;
    private final Conversations conversations;
    private final LogFacts facts;
    private final Windows windows;
    private final Event<MarkedRead> events;

    Messages(
            Transactions transactions,
            Conversations conversations,
            LogFacts facts,
            Windows windows,
            Event<MarkedRead> events) {
        this.transactions = transactions;
        this.conversations = conversations;
        this.facts = facts;
        this.windows = windows;
        this.events = events;
    }

    /** A page of history, newest first. */
    record Page(List<MessageView> messages, boolean hasMore) {}

    /**
     * A state of the log, of which the last messages are given, oldest first.
     *
     * @param parent null at the root
     */
    record Snapshot(
            List<MessageView> messages,
            Position at,
            @Nullable String parent,
            Position head) {}

    /**
     * @param offset how many of the newest messages to skip
     * @param before where not null, only messages before this one
     * @param memory for the page
     * @throws ApiException {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}, {@code MESSAGE_NOT_FOUND} for {@code
     *     before}
     */
    Page history(UUID conversation, UUID reader, int limit, long offset, @Nullable UUID before, Reservation memory) {
        return windows.read(memory, reading -> {
            LogFacts.Facts facts = this.facts.of(conversation, reader, List.of());
            long newest = before == null ? facts.head().seq() : seqOf(conversation, before) - 1;
            List<Entry> entries = reading.window(conversation, newest - offset, limit);
            // Positions are gapless: there is more exactly when the oldest one here is not the first.
            boolean hasMore =
                    !entries.isEmpty() && entries.get(entries.size() - 1).seq() > 1;
            return new Page(views(entries, facts.participants()), hasMore);
        });
    }

    private long seqOf(UUID conversation, UUID message) {
        return transactions
                .read(() -> ChatMessage.placeOf(message))
                .filter(found -> found.conversationId().equals(conversation))
                .map(ChatMessage.Place::seq)
                .orElseThrow(() -> new ApiException(ErrorCode.MESSAGE_NOT_FOUND));
    }

    /**
     * The newest state, or the one named {@code version}.
     *
     * @param memory for the page
     * @throws ApiException {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}, {@code VERSION_UNKNOWN}
     */
    Snapshot snapshot(UUID conversation, UUID reader, Optional<String> version, int limit, Reservation memory) {
        return windows.read(memory, reading -> {
            LogFacts.Facts facts =
                    this.facts.of(conversation, reader, version.stream().toList());
            Position head = facts.head();
            Position at = version.map(
                            name -> Optional.ofNullable(facts.positions().get(name))
                                    .orElseThrow(() -> new ApiException(ErrorCode.VERSION_UNKNOWN)))
                    .orElse(head);
            List<Entry> entries = new ArrayList<>(reading.window(conversation, at.seq(), limit));
            String parent = entries.isEmpty() ? null : entries.get(0).parent();
            Collections.reverse(entries);
            return new Snapshot(views(entries, facts.participants()), at, parent, head);
        });
    }

    private static List<MessageView> views(List<Entry> entries, Participants participants) {
        return entries.stream()
                .map(entry -> MessageView.of(entry, participants))
                .toList();
    }

    /**
     * Marks a message and everything before it as read; the reader's own message changes nothing.
     *
     * @throws ApiException {@code MESSAGE_NOT_FOUND}, {@code NOT_PARTICIPANT}
     */
    void markRead(UUID message, UUID reader) {
        Optional<MarkedRead> marked = transactions.write(() -> {
            ChatMessage.Place read =
                    ChatMessage.placeOf(message).orElseThrow(() -> new ApiException(ErrorCode.MESSAGE_NOT_FOUND));
            Participants participants = conversations.require(read.conversationId(), reader);
            return !read.senderId().equals(reader) && conversations.markRead(read.conversationId(), reader, read.seq())
                    ? Optional.of(new MarkedRead(read.conversationId(), message, reader, participants.others(reader)))
                    : Optional.empty();
        });
        marked.ifPresent(events::fire);
    }
}
