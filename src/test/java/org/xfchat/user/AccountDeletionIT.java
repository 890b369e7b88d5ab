package org.xfchat.user;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged service. */
@QuarkusIntegrationTest
class AccountDeletionIT extends AccountDeletionTest {}
