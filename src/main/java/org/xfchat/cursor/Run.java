package org.xfchat.cursor;

import io.vertx.core.buffer.Buffer;

/**
 * Consecutive entries as they are written.
 *
 * @param last the position of the last one
 * @param count at least 1
 */
record Run(long last, int count, Buffer bytes) {}
