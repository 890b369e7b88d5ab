package org.xfchat.database;

import org.jspecify.annotations.Nullable;

/** Ends the process; the message is the one line that the operator reads. Never contains a secret. */
public class StartUpFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StartUpFailure(String line) {
        this(line, null);
    }

    public StartUpFailure(String line, @Nullable Throwable cause) {
        super(line, cause);
    }
}
