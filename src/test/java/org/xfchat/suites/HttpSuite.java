package org.xfchat.suites;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.platform.suite.api.ConfigurationParameter;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * HTTP suites that share a JVM and a service. Those that want other settings come last, so that the service starts anew as
 * seldom as can be.
 */
@Suite
@SelectPackages("org.xfchat")
@IncludeClassNamePatterns(".*Test")
@ConfigurationParameter(
        key = "junit.jupiter.testclass.order.default",
        value = "io.quarkus.test.junit.util.QuarkusTestProfileAwareClassOrderer")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface HttpSuite {
    /** The tag of every class that shares a service. */
    String TAG = "io.quarkus.test.junit.QuarkusTest";
}
