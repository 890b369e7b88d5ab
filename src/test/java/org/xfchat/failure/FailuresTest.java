package org.xfchat.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class FailuresTest {
    /** What is logged at error level. */
    private static final class Errors extends Handler {
        private final List<String> messages = new ArrayList<>();

        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.SEVERE.intValue()) {
                messages.add(String.valueOf(line.getThrown()));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void areCountedEachAndLoggedOnceInAWhile() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Failures failures = Failures.in(meters);
        Logger log = Logger.getLogger(Failures.class.getName());
        Errors errors = new Errors();
        log.addHandler(errors);
        try {
            failures.survived("here", new StackOverflowError("first"));
            failures.survived("here", new StackOverflowError("second"));
            failures.survived("there", new StackOverflowError("another"));
        } finally {
            log.removeHandler(errors);
        }
        assertThat(meters.counter("xfchat.failure.survived", "where", "here").count())
                .isEqualTo(2);
        assertThat(errors.messages)
                .containsExactly("java.lang.StackOverflowError: first", "java.lang.StackOverflowError: another");
    }
}
