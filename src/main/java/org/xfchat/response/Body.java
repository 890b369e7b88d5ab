package org.xfchat.response;

import org.jspecify.annotations.Nullable;

/**
 * An entity that may be large, until it is written: a connection remembers its last request and its answer, and would keep
 * what it said for as long as it stays open.
 */
public final class Body {
    private @Nullable Object entity;

    private Body(Object entity) {
        this.entity = entity;
    }

    /** To be written as JSON. */
    public static Body of(Object entity) {
        return new Body(entity);
    }

    /** JSON already, which is sent as it is and must not change any more. */
    public static Body ofJson(byte[] json) {
        return new Body(json);
    }

    /** What is to be written; it is no more here afterwards. */
    Object take() {
        Object taken = entity;
        entity = null;
        if (taken == null) {
            throw new IllegalStateException("written already");
        }
        return taken;
    }
}
