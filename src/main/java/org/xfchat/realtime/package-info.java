/**
 * What users are told at once and may miss: who types, who came and went, what was read, friend requests and their answers,
 * new conversations. {@code POST /typing} and {@code GET /realtime} (contract 3).
 *
 * <p>Invariants: an event reaches those concerned and nobody else, on whatever replica they are. Nothing here is stored and
 * nothing is resumed: a client reads again after every (re)connect, and a reader who cannot keep up is cut, so that it
 * does. An event is encoded once per replica. Memory per subscriber is bounded.
 *
 * <p>Lifecycle: other packages announce after their commit; subscribers of this replica get it at once, the other replicas
 * within a tenth of a second, by signals that carry the event. Failures: what cannot be looked up, is too long for a signal
 * or comes while too much waits is dropped and counted; a command never fails because of it. In poll-only mode events stay
 * on their replica. Not owned: the facts, which the announcing packages keep.
 *
 * <p>Metrics: {@code xfchat.realtime.sent} (events handed to the other replicas), {@code .delivered} (events written to
 * subscribers), {@code .dropped} (by reason: {@code too_long}, {@code backlog}, {@code slow}, {@code failed}, {@code
 * malformed}), {@code .subscribers}.
 */
@NullMarked
package org.xfchat.realtime;

import org.jspecify.annotations.NullMarked;
