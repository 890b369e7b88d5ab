package org.xfchat.suites;

import org.junit.platform.suite.api.IncludeTags;

/** What is sent, read and followed. */
@HttpSuite
@IncludeTags("messages")
class MessagesSuite {}
