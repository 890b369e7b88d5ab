package org.xfchat.testing;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.function.Function;

/** The compiled classes of the service. */
public final class ProductionClasses {
    private ProductionClasses() {}

    /** All of them, read from their files; what they only refer to is known by name. */
    public static JavaClasses read() {
        Function<ArchConfiguration, JavaClasses> readFiles = configuration -> {
            // The class path of a Quarkus test has addresses that cannot be opened.
            configuration.setResolveMissingDependenciesFromClassPath(false);
            return new ClassFileImporter().importPath("target/classes");
        };
        return ArchConfiguration.withThreadLocalScope(readFiles);
    }
}
