package org.xfchat.message;

import java.util.List;
import java.util.UUID;

/**
 * Somebody has read a message and all before it. Fired after the commit, and only where that was news.
 *
 * @param others the conversation's other participants
 */
public record MessagesRead(UUID conversation, UUID message, UUID reader, List<UUID> others) {}
