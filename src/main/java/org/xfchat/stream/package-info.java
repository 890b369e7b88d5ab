/**
 * Open HTTP responses: head, heartbeats, back-pressure and how they end.
 *
 * <p>Invariants: a stream is never ended cleanly by the service for a reason of its own, always cut: a clean end tells a
 * client that there is nothing more (contract 2.1). Nothing is queued for a stream beyond what its {@link
 * org.xfchat.stream.Source} writes while the socket has room; a socket that stays full is cut. The head leaves at once, with
 * a first byte of the body. Compression never applies.
 *
 * <p>Lifecycle: a stream is open from its head until the client leaves, its token ends (with leeway), its account is
 * deleted, its reader stalls, its source gives up, or the service stops. Failures: {@code UNAVAILABLE} while the service
 * stops. Not owned: what is written ({@code org.xfchat.message}, {@code org.xfchat.realtime}), and who may read it.
 */
@NullMarked
package org.xfchat.stream;

import org.jspecify.annotations.NullMarked;
