/**
 * How much one caller may ask for: token buckets per action and caller, log-ins that failed, open streams; and from where
 * somebody calls.
 *
 * <p>Invariants: a request is refused, with 429 and {@code Retry-After}, before its body is read and before the database is
 * asked for it. Who sends too many messages is first made to wait, without a thread and within bounds, and refused only
 * after the wait, so that a client that tries again at once is slow all the same. Buckets are per replica, in bounded
 * memory; a bucket that is forgotten is full again. Failed log-ins are counted in PostgreSQL, for all replicas, per account
 * and address and, with more patience, per account; a name that nobody has is counted like an account, under a keyed digest
 * of what was typed. An attempt is counted before the password is looked at and given back when it was right, so that
 * attempts at the same time are no way around. Reading is never limited.
 *
 * <p>Lifecycle: none; counts of failures that have run out are swept. Failures: {@code TOO_MANY_REQUESTS}. Where failures
 * cannot be counted, because the database takes no writes, people log in uncounted. Not owned: who the caller is ({@code
 * org.xfchat.account} says so, once the token is verified), and what is done.
 */
@NullMarked
package org.xfchat.limit;

import org.jspecify.annotations.NullMarked;
