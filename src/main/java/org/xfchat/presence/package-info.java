/**
 * Who is online, across replicas.
 *
 * <p>Invariants: online is who has a row of a replica whose lease lasts, by the database's clock; so a replica that dies
 * takes its users with it, without anybody's doing. Streams are counted in memory and written in batches by one thread: the
 * first one at once, the end of the last one after a grace, so that a reconnect is no absence. Every write of a user's rows
 * happens under the lock of that user, so that of two replicas that are left at the same time exactly one sees that it was
 * the last. Rows are changed in the order replicas, users, presence.
 *
 * <p>Lifecycle: {@link org.xfchat.presence.Presence#start} after the start sequence; every 5 s the lease is renewed and
 * replicas whose lease ran out are removed, by one replica at a time. {@link org.xfchat.presence.Presence#stop} leaves the
 * rows behind for a grace: a rolling restart makes nobody go offline. Failures: what cannot be written is written at the
 * next beat; a replica that was taken for dead writes itself and its users anew. In maintenance nothing is written and
 * everybody goes offline. Announces {@link org.xfchat.presence.PresenceChanged}. Not owned: who is told.
 *
 * <p>Metric: {@code xfchat.presence.users}, users with a stream here, those in their grace included.
 */
@NullMarked
package org.xfchat.presence;

import org.jspecify.annotations.NullMarked;
