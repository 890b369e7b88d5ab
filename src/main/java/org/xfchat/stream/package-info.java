/**
 * Open HTTP responses: head, heartbeats, back-pressure and how they end.
 *
 * <p>Invariants: a stream is never ended cleanly by the service for a reason of its own, always cut: a clean end tells a
 * client that there is nothing more (contract 2.1). Nothing is queued for a stream beyond what its {@link
 * org.xfchat.stream.Source} writes while the socket has room. The head leaves at once, with a first byte of the body.
 * Compression never applies.
 *
 * <p>What is held: of a stream at rest nothing but where it is. What its source hands over is on its way to the socket ({@link
 * org.xfchat.stream.Outlet}): at most one large thing, in slices of which one waits in a buffer of its own, and what is
 * smaller than a slice until the socket's queue is full. All of it counts to the user ({@code org.xfchat.memory}) until the
 * kernel has it. Where there is no memory the source keeps its position and is called again when somebody has given some
 * back. A socket that takes nothing for the stall time is cut; one that takes a slice within it is not, however long the
 * whole takes. Over HTTP/2 it is the windows of the stream and of its connection that say whether there is room, and what
 * waits for them is held, counted and given up in the same way.
 *
 * <p>A client that is gone is noticed when something cannot be written, when the connection or HTTP/2 stream says so, and in
 * any case by the regular look at all streams. A step of a source that fails, with an error too, cuts its stream and nothing
 * else.
 *
 * <p>Lifecycle: a stream is open from its head until the client leaves, its token ends (with leeway), its account is
 * deleted, its reader stalls, its source gives up, or the service stops. Failures: {@code UNAVAILABLE} while the service
 * stops. Not owned: what is written ({@code org.xfchat.message}, {@code org.xfchat.realtime}), and who may read it.
 */
@NullMarked
package org.xfchat.stream;

import org.jspecify.annotations.NullMarked;
