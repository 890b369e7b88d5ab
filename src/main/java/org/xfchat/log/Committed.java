package org.xfchat.log;

import java.util.List;
import java.util.UUID;

/**
 * A conversation's log has grown, or may have without anybody having been told. A synchronous event, fired once per
 * conversation after the commit and after the senders were answered; of one conversation in the order of its log. Its
 * observers must not block: the next batch waits for them.
 *
 * @param head the newest seq that is known
 * @param entries those of this commit, in seq order; empty where there is only something to look up again, up to {@code
 *     head}
 */
public record Committed(UUID conversation, long head, List<Entry> entries) {}
