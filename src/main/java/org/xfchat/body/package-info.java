/**
 * What a client sends in the body of a request: JSON, read strictly.
 *
 * <p>Invariants: what is wrong with a body is said after everything that the account and the address decide. Lifecycle: none.
 * Failures: {@code UNSUPPORTED_MEDIA_TYPE}, {@code INVALID_JSON} and {@code UNPROCESSABLE}. Not owned: what the fields mean; that
 * is the resource's.
 */
@NullMarked
package org.xfchat.body;

import org.jspecify.annotations.NullMarked;
