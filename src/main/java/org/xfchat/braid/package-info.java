/**
 * Braid-HTTP (draft-toomim-httpbis-braid-http-04) as a protocol: version headers to lists of ids and back.
 *
 * <p>Invariants: pure functions of their arguments; no container, no SQL, no HTTP server. Nothing that was read from a
 * client goes into a header except through {@link org.xfchat.braid.VersionHeader#format}, which is 7-bit and cannot break a
 * header line.
 *
 * <p>Lifecycle: none. Failures: {@link org.xfchat.braid.BraidSyntaxException}. Not owned: what a version means; that is
 * {@code org.xfchat.log}.
 */
@NullMarked
package org.xfchat.braid;

import org.jspecify.annotations.NullMarked;
