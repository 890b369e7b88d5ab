/**
 * Accounts: sign up, log in, who is calling, deletion.
 *
 * <p>Invariants: a live account has a user name and an address that no other live account has, regardless of case; the
 * unique indexes decide, the checks before them only give the better sentence. A deleted account is a tombstone that
 * keeps its id and nothing else. A refused log-in takes the same time whatever was wrong.
 *
 * <p>Lifecycle: none. Failures: see {@link org.xfchat.account.Users}. Not owned: what hangs on an account elsewhere; other
 * packages observe {@link org.xfchat.account.AccountClosing} inside the deleting transaction.
 */
@NullMarked
package org.xfchat.account;

import org.jspecify.annotations.NullMarked;
