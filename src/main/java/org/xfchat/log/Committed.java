package org.xfchat.log;

import java.util.List;
import java.util.UUID;

/**
 * A conversation's log has grown, or may have. Announced synchronously after the commit, by the thread that committed.
 *
 * @param head the newest position that is known to be committed
 * @param entries what this commit added, in order; empty when it only says that the log is that long by now
 */
public record Committed(UUID conversation, long head, List<Entry> entries) {}
