package org.xfchat.contact;

/** A request waits for its recipient's answer. Fired after the commit. */
public record FriendRequestSent(FriendRequestView request) {}
