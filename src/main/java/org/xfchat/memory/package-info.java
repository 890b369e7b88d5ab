/**
 * What is held for clients, and for which: the one place where it is counted, before it is made, until their sockets have it.
 *
 * <p>Invariants: whatever a client can make the service hold, and can keep it from giving back by being slow, is in a {@link
 * org.xfchat.memory.Reservation} of that client: bodies that are being received, pages and lists that are being made,
 * answers, beginnings of streams, and what a stream's socket has not taken. All together take no more than there is for
 * them, and one holder no more than a part of it, so that nobody is refused because of what a few others do not read. Small
 * ones have memory of their own. Nobody waits for memory on an event loop, or inside a transaction, whose connection others
 * wait for.
 *
 * <p>Lifecycle: a reservation begins with nothing, is made larger before something is made, and is closed by whoever hands
 * the last byte on, however that ends; at rest nothing is counted. Failures: {@code TOO_MANY_REQUESTS} where the holder has
 * its part, {@code UNAVAILABLE} where there is no more at all. Not owned: what all clients share and the service bounds by
 * itself (the newest entries of followed logs, the queues of the lanes), and how many streams or requests there may be.
 */
@NullMarked
package org.xfchat.memory;

import org.jspecify.annotations.NullMarked;
