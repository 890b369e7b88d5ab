package org.xfchat.suites;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.suite.api.ExcludeTags;

/** A class that two suites take, or whose tag is misspelt, would run twice or elsewhere than its author thinks. */
class SuitesTest {
    private static final Set<String> OTHERS = Set.of("foreign", "nightly");

    @Test
    void everyClassIsInOne() {
        List<String> suites =
                List.of(FeaturesSuite.class.getAnnotation(ExcludeTags.class).value());
        List<Class<?>> tests = new ClassFileImporter()
                .importPath(Path.of("target", "test-classes", "org")).stream()
                        .filter(type -> type.isAnnotatedWith(QuarkusTest.class))
                        .<Class<?>>map(JavaClass::reflect)
                        .toList();
        assertThat(tests).hasSizeGreaterThan(50).allSatisfy(test -> {
            List<String> tags = Arrays.stream(test.getAnnotationsByType(Tag.class))
                    .map(Tag::value)
                    .filter(tag -> !OTHERS.contains(tag))
                    .toList();
            assertThat(suites).containsAll(tags);
            assertThat(tags).hasSizeLessThan(2);
        });
    }
}
