package org.xfchat.conversation;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

/** The same against the packaged service. */
@QuarkusIntegrationTest
@Tag("nightly")
class ConversationListIT extends ConversationListTest {}
