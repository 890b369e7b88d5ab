/**
 * The way back from a conversion, and the end of that way: {@code rollback} and {@code drop-legacy}.
 *
 * <p>Invariants: each is one transaction, so that a refusal, a failure or a dry run leaves what was there. Rolled back, the old
 * tables are where they were, with what was written since; ours are kept in a schema of their own, and the database can be
 * converted again.
 *
 * <p>Failures: {@link org.xfchat.database.StartUpFailure} is a refusal in one line. Not owned: what the conversion did, which
 * {@code upgrade} says in {@code legacy.upgrade_actions}.
 */
@NullMarked
package org.xfchat.rollback;

import org.jspecify.annotations.NullMarked;
