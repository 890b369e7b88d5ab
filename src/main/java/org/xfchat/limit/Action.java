package org.xfchat.limit;

import java.util.Locale;

/** What is limited. */
public enum Action {
    SIGN_UP,
    LOG_IN,
    FRIEND_REQUEST,
    MESSAGE,
    TYPING,
    STREAM,
    BODY;

    /** As it stands in metrics. */
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
