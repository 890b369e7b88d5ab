package org.xfchat.suites;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.suite.api.IncludeClassNamePatterns;

/** A class that no suite takes would never run, and nobody would see it. */
class SuitesTest {
    private static final List<Class<?>> SUITES =
            List.of(DocumentsSuite.class, FeaturesSuite.class, MessagesSuite.class, WholeServiceSuite.class);

    @Test
    void everyClassIsInOne() {
        List<String> tests = new ClassFileImporter()
                .importPath(Path.of("target", "test-classes", "org")).stream()
                        .filter(type -> type.isAnnotatedWith(QuarkusTest.class))
                        .map(JavaClass::getName)
                        .toList();
        assertThat(tests)
                .hasSizeGreaterThan(50)
                .allSatisfy(test -> assertThat(SUITES.stream().filter(suite -> takes(suite, test)))
                        .hasSize(1));
    }

    private static boolean takes(Class<?> suite, String test) {
        return Stream.of(suite.getAnnotation(IncludeClassNamePatterns.class).value())
                .anyMatch(test::matches);
    }
}
