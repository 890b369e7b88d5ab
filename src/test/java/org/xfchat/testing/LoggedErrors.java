package org.xfchat.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What this process logs as an error, from {@link #listen} to {@link #close}. */
public final class LoggedErrors extends Handler implements AutoCloseable {
    private final List<String> messages = new CopyOnWriteArrayList<>();

    private LoggedErrors() {}

    public static LoggedErrors listen() {
        LoggedErrors errors = new LoggedErrors();
        Logger.getLogger("").addHandler(errors);
        return errors;
    }

    public List<String> messages() {
        return List.copyOf(messages);
    }

    @Override
    public void publish(LogRecord one) {
        if (one.getLevel().intValue() >= Level.SEVERE.intValue()) {
            messages.add(one.getLoggerName() + ": " + one.getMessage() + " " + one.getThrown());
        }
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(this);
    }
}
