package org.xfchat.body;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/** A body that has arrived whole. */
final class ReceivedBody extends ByteArrayInputStream {
    /** The bytes, the text and the tree of it, which are there at the same time. */
    private static final int FORMS = 3;

    private final int length;
    private final LongConsumer resize;

    /** @param resize told how many bytes are in memory on its account when that changes */
    ReceivedBody(byte[] bytes, int length, LongConsumer resize) {
        super(bytes, 0, length);
        this.length = length;
        this.resize = resize;
    }

    /** How much memory one of this length takes until it is parsed. */
    static long whileParsed(int length) {
        return (long) FORMS * length;
    }

    /** All of it. */
    ByteBuffer bytes() {
        return ByteBuffer.wrap(buf, 0, length);
    }

    /** Only what was found in it is needed from now on, which the request keeps until it is answered. */
    void isParsed() {
        buf = new byte[0];
        count = 0;
        resize.accept(length);
    }
}
