/**
 * What a client is told when something does not work: one enum of stable codes, one exception, one body.
 *
 * <p>Invariants: the body is {@code application/problem+json} (RFC 9457) where {@code Accept} names a JSON type, otherwise
 * one plain sentence, because the old desktop client shows the body to a person. 5xx bodies carry an id and nothing of the
 * cause; the cause is logged once, under that id. Client input never ends in 5xx.
 *
 * <p>Lifecycle: none. Failures: none of its own. Not owned: which situation is which code; that is decided where it
 * arises, and for failures of PostgreSQL in {@code org.xfchat.database}.
 */
@NullMarked
package org.xfchat.error;

import org.jspecify.annotations.NullMarked;
