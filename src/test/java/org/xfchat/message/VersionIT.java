package org.xfchat.message;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged service. */
@QuarkusIntegrationTest
class VersionIT extends VersionTest {}
