package org.xfchat.friend;

/** A request waits for its recipient's answer. Fired after the commit. */
public record RequestSent(FriendRequestView request) {}
