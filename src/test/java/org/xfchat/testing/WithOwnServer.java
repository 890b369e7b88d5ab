package org.xfchat.testing;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Tests with a PostgreSQL server that is theirs alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class WithOwnServer {
    protected OwnServer server;

    @BeforeAll
    void start() {
        server = OwnServer.start();
    }

    @AfterAll
    void stop() {
        server.close();
    }
}
