/**
 * Which conversations there are, who takes part in them, and how far each has read.
 *
 * <p>Invariants: exactly one direct conversation per pair, by unique index; every live account takes part in the room
 * without a row; a read position never goes back. Removing a participant needs the conversation's lock, so that an append
 * sees it or comes before it.
 *
 * <p>Lifecycle: none. Failures: {@code CONVERSATION_NOT_FOUND}, {@code NOT_PARTICIPANT}. Not owned: the entries of a
 * conversation ({@code org.xfchat.log}), and the list that a user sees ({@code org.xfchat.conversation}).
 */
@NullMarked
package org.xfchat.participant;

import org.jspecify.annotations.NullMarked;
