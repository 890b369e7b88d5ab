package org.xfchat.testing.legacy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was put into a database of the old server, as plain values; what its schema has no table or no room for is
 * absent.
 *
 * @param hasUsernames whether accounts have a column for their name
 * @param hasParticipants whether there is a table of participants
 */
public record LegacyRows(
        boolean hasUsernames,
        boolean hasParticipants,
        List<Account> accounts,
        List<Conversation> conversations,
        List<Participant> participants,
        List<Message> messages,
        List<RoomMessage> room,
        List<Request> requests,
        List<Contact> contacts,
        List<Usage> usage) {
    /** What everybody's password is who has one. */
    public static final String PASSWORD = "correct horse";

    /**
     * An account.
     *
     * @param password false where the hash is none
     */
    public record Account(
            UUID id,
            @Nullable String username,
            String email,
            String hash,
            boolean password,
            @Nullable Instant created) {}

    /**
     * A conversation.
     *
     * @param name null where the schema has no names
     */
    public record Conversation(
            UUID id, Instant created, @Nullable String name) {}

    public record Participant(UUID id, UUID conversation, UUID user) {}

    /**
     * A message of a conversation.
     *
     * @param version what is in {@code braid_version}
     */
    public record Message(
            @Nullable UUID id,
            @Nullable UUID conversation,
            UUID sender,
            @Nullable String content,
            String type,
            @Nullable String version,
            @Nullable Instant created) {}

    /** Of the global room. */
    public record RoomMessage(
            @Nullable UUID id,
            @Nullable UUID user,
            @Nullable String author,
            @Nullable String text,
            @Nullable Instant timestamp,
            @Nullable String version,
            @Nullable Instant created) {}

    public record Request(
            UUID id,
            UUID from,
            UUID to,
            String status,
            Instant created,
            @Nullable Instant responded) {}

    public record Contact(UUID id, UUID user, UUID contact) {}

    /**
     * A figure.
     *
     * @param end null where that is allowed
     */
    public record Usage(
            UUID user,
            String metric,
            LocalDate start,
            @Nullable LocalDate end,
            int count) {}
}
