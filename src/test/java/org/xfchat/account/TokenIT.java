package org.xfchat.account;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged service. */
@QuarkusIntegrationTest
class TokenIT extends TokenTest {}
