package org.xfchat.contact;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same against the packaged service. */
@QuarkusIntegrationTest
class FriendResourceIT extends FriendResourceTest {}
