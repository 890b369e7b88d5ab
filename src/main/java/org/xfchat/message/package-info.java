/**
 * Messages as clients see them: history, sending, reading, subscribing.
 *
 * <p>Invariants: a message's JSON has every field of the contract, none of them null that must not be; {@code is_read} is a
 * decoration of the moment, not part of the log. What a client sends is checked here for form and in {@code org.xfchat.log}
 * for everything that depends on what is stored. What is read is read within its request's memory.
 * A few streams begin at a time, one of each user after the other; who waits for his turn holds no thread.
 *
 * <p>Lifecycle: none. Failures: {@code INVALID_REQUEST}, {@code UNPROCESSABLE}, {@code TOO_LARGE}, and the log's. Not owned:
 * order, versions and idempotence ({@code org.xfchat.log}).
 */
@NullMarked
package org.xfchat.message;

import org.jspecify.annotations.NullMarked;
