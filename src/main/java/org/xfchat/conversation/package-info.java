/**
 * {@code /api/conversations}: a user's conversations, most recently active first, each with its last message and how many
 * are unread (contract 1.9).
 *
 * <p>Invariants: the list is read within its request's memory; it is made in parts, the first of which says how large
 * the rest is, and a page ends at 4 MiB. An unread
 * count is exact up to 1,000, and says 1,000 beyond.
 *
 * <p>Lifecycle: none. Failures: {@code INVALID_REQUEST}. Not owned: who takes part ({@code org.xfchat.participant}), what a
 * message looks like ({@code org.xfchat.message}).
 */
@NullMarked
package org.xfchat.conversation;

import org.jspecify.annotations.NullMarked;
