/**
 * The room of everybody, {@code /chat} (contract 3): the one conversation in which every live account takes part.
 *
 * <p>Invariants: a message is one entry of the room's log, so that it is ordered, stored and heard on every replica as any
 * other; its version is {@code v} and its position. Who wrote it is the account's name at that time, and stays with it. A
 * subscriber in Braid's form gets whole snapshots, and the newest one only when it was slow. They are cut out of one state
 * that is kept while somebody follows, however many lengths are asked for; it grows by what the feed hears, and is counted as
 * what is held for all. A cut that many want is kept with it, any other one is its subscriber's.
 *
 * <p>Lifecycle: none. Failures: {@code INVALID_REQUEST}, and the log's. Not owned: the log, cursors, streams.
 */
@NullMarked
package org.xfchat.room;

import org.jspecify.annotations.NullMarked;
