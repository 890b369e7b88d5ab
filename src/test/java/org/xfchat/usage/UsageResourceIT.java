package org.xfchat.usage;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged service. */
@QuarkusIntegrationTest
class UsageResourceIT extends UsageResourceTest {}
