package org.xfchat.suites;

import org.junit.platform.suite.api.IncludeTags;

/** What documents say, and clients that are made of them. */
@HttpSuite
@IncludeTags("documents")
class DocumentsSuite {}
