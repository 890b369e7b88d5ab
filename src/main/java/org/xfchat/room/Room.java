package org.xfchat.room;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.xfchat.auth.Caller;
import org.xfchat.database.Transactions;
import org.xfchat.error.ApiException;
import org.xfchat.error.ErrorCode;
import org.xfchat.log.Draft;
import org.xfchat.log.Lanes;
import org.xfchat.message.Text;

/** Writing into the room. */
@Singleton
class Room {
    private static final int MAX_TEXT_BYTES = 10_000;
    private static final int MAX_KEY_LENGTH = 200;

    private final Lanes lanes;
    private final Transactions transactions;

    /** There is one, made with the schema, for as long as that lasts; null until somebody has asked. */
    private volatile @Nullable UUID id;

    Room(Lanes lanes, Transactions transactions) {
        this.lanes = lanes;
        this.transactions = transactions;
    }

    /** The conversation of all live accounts, in which nobody takes part by a row. */
    UUID id() {
        UUID known = id;
        if (known == null) {
            known = transactions
                    .ask("select id from conversations where kind = 'room'", row -> row.getObject(1, UUID.class))
                    .get(0);
            id = known;
        }
        return known;
    }

    /**
     * Appends a message under the caller's name; its version. The same key again is the same message.
     *
     * @param key the {@code Idempotency-Key}; null where a retry may say it twice
     * @param begin asked before it is handed over; what it throws ends the attempt, and nothing was appended
     * @throws ApiException {@code INVALID_REQUEST}; through the result {@code MESSAGE_ID_TAKEN} for a key that was used for
     *     another text
     */
    Uni<String> post(Caller author, @Nullable String text, @Nullable String key, Runnable begin) {
        if (text == null || text.isBlank()) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "text must not be blank");
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "text may have at most " + MAX_TEXT_BYTES + " bytes");
        }
        Text.check(text);
        Draft draft = new Draft(
                id(),
                messageId(author, key),
                author.id(),
                null,
                List.of(),
                "text",
                text,
                Map.of(RoomMessage.AUTHOR, author.username()),
                true);
        return Uni.createFrom()
                .completionStage(() -> {
                    begin.run();
                    return lanes.append(draft);
                })
                .map(appended -> RoomMessage.version(appended.seq()));
    }

    private static UUID messageId(Caller author, @Nullable String key) {
        if (key == null) {
            return UUID.randomUUID();
        }
        if (key.isBlank() || key.length() > MAX_KEY_LENGTH) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "Idempotency-Key must have 1 to " + MAX_KEY_LENGTH + " characters");
        }
        return UUID.nameUUIDFromBytes((author.id() + " " + key).getBytes(StandardCharsets.UTF_8));
    }
}
