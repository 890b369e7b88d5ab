package org.xfchat.suites;

import org.junit.platform.suite.api.ExcludeTags;
import org.junit.platform.suite.api.IncludeTags;

/** What a feature does: every class that no other suite takes. */
@HttpSuite
@IncludeTags(HttpSuite.TAG)
@ExcludeTags({"documents", "messages", "whole-service"})
class FeaturesSuite {}
