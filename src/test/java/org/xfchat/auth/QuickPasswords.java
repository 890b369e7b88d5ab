package org.xfchat.auth;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;

/**
 * Hashes that cost next to nothing, for suites that sign many people up: those of the shipped cost took half of their time. {@code
 * PasswordsTest}, and {@code TokenIT} and {@code HundredUsersIT} against the package, make theirs at the shipped cost.
 */
@Mock
@Singleton
class QuickPasswords extends Passwords {
    static final Cost COST = new Cost(64, 1, 4);

    QuickPasswords(AuthConfig config, MeterRegistry meters) {
        super(config, WAIT, meters, COST);
    }
}
