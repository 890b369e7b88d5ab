/**
 * What each user has used, per calendar month in UTC.
 *
 * <p>Invariants: an append never writes here. Every minute one replica adds what each conversation's log has beyond its
 * watermark and moves the watermark, in one transaction; a question adds the rest itself, in one statement and so in one
 * snapshot: figures are exact at any time, counted once.
 *
 * <p>Lifecycle: a scheduled roll-up, one replica at a time by advisory lock; a missed run is caught up by the next.
 * Failures: a failed run is logged and changes nothing. Not owned: the log ({@code org.xfchat.log}).
 */
@NullMarked
package org.xfchat.usage;

import org.jspecify.annotations.NullMarked;
