package org.xfchat;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged service. */
@QuarkusIntegrationTest
class HundredUsersIT extends HundredUsersTest {}
