/**
 * Friend requests and contacts.
 *
 * <p>Invariants: at most one pending request per pair, in either direction; an accepted request has contacts both ways and
 * one direct conversation, in one transaction; contacts are always mutual. Asking, answering and account deletion lock the
 * accounts first, so that they happen one after the other for a pair.
 *
 * <p>Lifecycle: none. Failures: asking is answered 200 with {@code success:false} (contract 1.5); answering is refused with
 * {@code FRIEND_REQUEST_NOT_FOUND}, {@code NOT_RECIPIENT} or {@code ALREADY_ANSWERED}, because old clients take every 2xx as
 * success. Not owned: the conversation that accepting opens ({@code org.xfchat.participant}).
 */
@NullMarked
package org.xfchat.contact;

import org.jspecify.annotations.NullMarked;
