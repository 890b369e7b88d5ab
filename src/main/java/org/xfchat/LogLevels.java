package org.xfchat;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.Level;

/**
 * Gives each line of the log one of the levels that {@code LOG_LEVEL} knows, or {@code FATAL}. Libraries that log with {@code
 * java.util.logging} have names of their own ({@code WARNING}, {@code SEVERE}, {@code FINE}), and which do so depends on the
 * package: in a native binary Flyway is one of them. It lets every line pass.
 */
@LoggingFilter(name = "levels")
final class LogLevels implements Filter {
    @Override
    public boolean isLoggable(LogRecord line) {
        line.setLevel(known(line.getLevel().intValue()));
        return true;
    }

    /** The highest one that is not above it. */
    private static Level known(int severity) {
        if (severity >= Level.FATAL.intValue()) {
            return Level.FATAL;
        } else if (severity >= Level.ERROR.intValue()) {
            return Level.ERROR;
        } else if (severity >= Level.WARN.intValue()) {
            return Level.WARN;
        } else if (severity >= Level.INFO.intValue()) {
            return Level.INFO;
        }
        return severity >= Level.DEBUG.intValue() ? Level.DEBUG : Level.TRACE;
    }
}
