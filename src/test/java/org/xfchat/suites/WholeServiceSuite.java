package org.xfchat.suites;

import org.junit.platform.suite.api.IncludeTags;

/** What holds for every route. */
@HttpSuite
@IncludeTags("whole-service")
class WholeServiceSuite {}
