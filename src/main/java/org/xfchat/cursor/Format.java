package org.xfchat.cursor;

import io.vertx.core.buffer.Buffer;
import java.util.function.Function;
import org.xfchat.log.Entry;

/**
 * What an entry looks like on a wire. Entries are encoded once per format, which is known by identity: share it.
 *
 * @param name to metrics
 * @param encoder pure
 */
public record Format(String name, Function<Entry, Buffer> encoder) {
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
