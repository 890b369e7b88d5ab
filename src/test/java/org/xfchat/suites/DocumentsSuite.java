package org.xfchat.suites;

import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeTags;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** What documents say, and clients that are made of them. */
@Suite
@SelectPackages("org.xfchat")
@IncludeClassNamePatterns("org\\.xfchat\\.(OpenApi(?!Bounds)|GeneratedClients|WalkThrough)\\w*Test")
@IncludeTags("io.quarkus.test.junit.QuarkusTest")
// Those that want other settings come last, so that the service starts anew as seldom as can be.
@ConfigurationParameter(
        key = "junit.jupiter.testclass.order.default",
        value = "io.quarkus.test.junit.util.QuarkusTestProfileAwareClassOrderer")
class DocumentsSuite {}
