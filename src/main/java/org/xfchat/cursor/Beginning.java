package org.xfchat.cursor;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.xfchat.memory.Reservation;

/**
 * What a stream writes first, and forgets then.
 *
 * @param bytes not empty
 * @param memory of the bytes, closed by whoever has them last
 */
public record Beginning(Buffer bytes, Reservation memory) {
    /** With as much memory as that takes; null, and the memory given back, where it is nothing. */
    public static @Nullable Beginning of(Buffer bytes, Reservation memory) {
        if (bytes.length() == 0) {
            memory.close();
            return null;
        }
        memory.resize(bytes.length());
        return new Beginning(bytes, memory);
    }
}
