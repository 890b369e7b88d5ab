/**
 * Short texts that every replica hears within milliseconds: PostgreSQL's LISTEN and NOTIFY on one channel, and a poll for
 * when one was lost.
 *
 * <p>Invariants: a signal carries no truth. It may be lost (crash, outage, no listener), never waits for a commit and never
 * runs in a transaction of somebody else, because {@code NOTIFY} holds a lock of the whole database until its commit. What
 * must not be missed is looked up again by the poll, which runs every second and at once after every reconnect. The
 * listener is listening only as long as it hears the pings that it sends to itself. It hears those of the other replicas too: where
 * there are none, nobody need be told of messages.
 *
 * <p>Lifecycle: topics are registered at any time; {@link org.xfchat.signal.Signals#start} starts three threads (listener,
 * notifier, poll), {@link org.xfchat.signal.Signals#stop} says what is left to be said and ends them. Failures: what cannot
 * be said is lost, counted and logged once per streak; the listener reconnects for ever. Where LISTEN is impossible,
 * {@code xfchat.signal.listen=false} leaves the poll alone. Not owned: what the texts mean.
 *
 * <p>Metrics: {@code xfchat.signal.sent} and {@code .heard} (signals, by topic), {@code .failed} (signals lost on the way
 * to PostgreSQL or too long), {@code .listening} (1 while signals are heard), {@code .reconnects}.
 */
@NullMarked
package org.xfchat.signal;

import org.jspecify.annotations.NullMarked;
