package org.xfchat.presence;

import java.time.Instant;
import java.util.UUID;

/**
 * A user came online or went offline, over all replicas. Fired after the commit, on the thread of presence, by the replica
 * that noticed.
 *
 * @param lastSeen when the user's last stream before ended, or the account was opened where there was none
 */
public record PresenceChanged(UUID userId, boolean online, Instant lastSeen) {}
