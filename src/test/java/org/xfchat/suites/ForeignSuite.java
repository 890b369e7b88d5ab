package org.xfchat.suites;

import org.junit.platform.suite.api.IncludeTags;

/**
 * What stores, compares, sends or parses text, numbers and times: for a process whose language has digits of its own, and whose
 * calendar, zone and character set are others' ({@code -Pforeign}).
 */
@HttpSuite
@IncludeTags("foreign")
class ForeignSuite {}
