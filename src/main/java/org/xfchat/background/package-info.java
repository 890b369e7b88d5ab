/**
 * What goes on by itself, in two ways, and what many ask for at once. A {@link org.xfchat.background.WorkerLoop} is a thread
 * with a name that may block on its own work: a connection that listens, a lane that writes, what is read or written in the
 * database now and then. The one {@link org.xfchat.background.Timer} is for short tasks that never block: what has waited too
 * long, whose time is over. What requests ask for and what must be done a few at a time is done by pools that
 * {@link org.xfchat.background.Threads} makes; a {@link org.xfchat.background.FairExecutor} takes one task of each user after the
 * other.
 *
 * <p>Invariants: whatever a step throws, the next one is taken; it is reported once, in a line while the database is away
 * ({@link org.xfchat.background.Retried}), and as a defect otherwise. Every thread is a daemon, its name begins with
 * {@code xfchat-}.
 *
 * <p>Lifecycle: whoever owns a loop starts and stops it; a stopped one ends its step, and is waited for, for a bounded time. The
 * {@link org.xfchat.background.Jobs} have one loop together, which stops before the database's sessions are closed. The timer
 * ends with the container. Whoever has a pool made closes it. How much may wait for it is bounded by its queue, or by what asks: a stream
 * waits for one page at a time, and streams are counted.
 */
@NullMarked
package org.xfchat.background;

import org.jspecify.annotations.NullMarked;
