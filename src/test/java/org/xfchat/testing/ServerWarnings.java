package org.xfchat.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What PostgreSQL warns of on any connection of this JVM, as the driver receives it: nobody asks a statement for its warnings,
 * and a {@code set local} that has no effect is one.
 */
public final class ServerWarnings implements AutoCloseable {
    /** The driver says here whatever it receives, at its finest level. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql.core.v3.QueryExecutorImpl");

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (String.valueOf(line.getMessage()).contains("NoticeResponse")) {
                Stream.of(line.getParameters())
                        .map(String::valueOf)
                        .filter(notice -> notice.startsWith("WARNING"))
                        .forEach(received::add);
            }
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    private ServerWarnings() {}

    /** Listens until it is closed. */
    public static ServerWarnings listen() {
        ServerWarnings warnings = new ServerWarnings();
        warnings.handler.setLevel(Level.ALL);
        DRIVER.addHandler(warnings.handler);
        DRIVER.setUseParentHandlers(false);
        DRIVER.setLevel(Level.FINEST);
        return warnings;
    }

    /** Since it listens, in PostgreSQL's words, which begin with {@code WARNING:}. */
    public List<String> received() {
        return List.copyOf(received);
    }

    @Override
    public void close() {
        DRIVER.setLevel(null);
        DRIVER.setUseParentHandlers(true);
        DRIVER.removeHandler(handler);
    }
}
