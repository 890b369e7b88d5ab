package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever logs, and with whatever: a line has one of the names that somebody who searches the log knows. */
class LogLevelsTest {
    private static String written(Level level) {
        LogRecord line = new LogRecord(level, "something");
        assertThat(new LogLevels().isLoggable(line)).isTrue();
        return line.getLevel().getName();
    }

    @ParameterizedTest
    @CsvSource({
        "SEVERE, ERROR",
        "WARNING, WARN",
        "INFO, INFO",
        "CONFIG, DEBUG",
        "FINE, DEBUG",
        "FINER, TRACE",
        "FINEST, TRACE",
    })
    void javasOwnNamesAreNotWritten(String level, String written) {
        assertThat(written(Level.parse(level))).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"})
    void theOthersStay(String name) throws ReflectiveOperationException {
        Level level = (Level) org.jboss.logmanager.Level.class.getField(name).get(null);
        assertThat(written(level)).isEqualTo(name);
    }
}
