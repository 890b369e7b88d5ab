package org.xfchat.testing;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.ws.rs.HttpMethod;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/** Every endpoint there is, read from the resources, so that a test can ask for a row for each. */
public final class Endpoints {
    private Endpoints() {}

    /** Each as {@code METHOD /path/{parameter}}. */
    public static SortedSet<String> all() {
        SortedSet<String> endpoints = new TreeSet<>();
        for (JavaClass resource : new ClassFileImporter().importPath(Path.of("target", "classes"))) {
            for (JavaMethod method : resource.getMethods()) {
                for (JavaAnnotation<?> annotation : method.getAnnotations()) {
                    JavaClass type = annotation.getRawType();
                    if (type.isAnnotatedWith(HttpMethod.class)) {
                        endpoints.add(type.getSimpleName() + " " + path(resource, method));
                    }
                }
            }
        }
        if (endpoints.isEmpty()) {
            throw new AssertionError("no resource found");
        }
        return endpoints;
    }

    private static String path(JavaClass resource, JavaMethod method) {
        String below = method.isAnnotatedWith(jakarta.ws.rs.Path.class)
                ? method.getAnnotationOfType(jakarta.ws.rs.Path.class).value()
                : "";
        String base = resource.getAnnotationOfType(jakarta.ws.rs.Path.class).value();
        return ("/" + base + "/" + below).replaceAll("/+", "/").replaceAll("(?<=.)/$", "");
    }
}
