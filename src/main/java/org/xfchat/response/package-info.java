/**
 * Answers with a body, and what they take until their clients have it.
 *
 * <p>Invariants: an answer's memory is reserved before it is made, and given back when its client has it ({@code
 * org.xfchat.memory}). An answer of which its client takes nothing is given up after a while, with its HTTP/2 stream or its
 * connection.
 *
 * <p>Lifecycle: none. Failures: those of the memory. Not owned: streams ({@code org.xfchat.stream}), and what is smaller than
 * a page, such as problems.
 */
@NullMarked
package org.xfchat.response;

import org.jspecify.annotations.NullMarked;
