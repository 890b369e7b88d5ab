/**
 * Answers with a body, and what they take until their clients have it.
 *
 * <p>Invariants: answers that are being made from much text, or that wait to be read, take no more memory than they may,
 * however many ask and however few read; one user's take no more than a part of it. An answer of which its client takes
 * nothing is given up after a while, with its HTTP/2 stream or its connection.
 *
 * <p>Lifecycle: none. Failures: {@code UNAVAILABLE} where there is no memory after a short wait, {@code TOO_MANY_REQUESTS}
 * where one caller has his part of it. Not owned: streams, which bound themselves by a position instead of a queue and only
 * ask here before they write much at once; and what is smaller than a page, such as problems.
 */
@NullMarked
package org.xfchat.answer;

import org.jspecify.annotations.NullMarked;
