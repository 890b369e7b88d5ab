package org.xfchat;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The clock of everything that is not ordered by the database's. */
@Singleton
class ServerClock {
    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }
}
