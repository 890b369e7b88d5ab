package org.xfchat.testing;

import jakarta.ws.rs.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Every endpoint of the API, read from the resources, so that a test can ask for a row for each; without those below {@code /q},
 * which are for operators and developers.
 */
public final class Endpoints {
    private static final Path CLASSES = Path.of("target", "classes");

    private Endpoints() {}

    /** Each as {@code METHOD /path/{parameter}}. */
    public static SortedSet<String> all() {
        SortedSet<String> endpoints = new TreeSet<>();
        for (Class<?> resource : classes()) {
            for (Method method : resource.getDeclaredMethods()) {
                for (Annotation annotation : method.getAnnotations()) {
                    HttpMethod verb = annotation.annotationType().getAnnotation(HttpMethod.class);
                    if (verb != null && !path(resource, method).startsWith("/q/")) {
                        endpoints.add(verb.value() + " " + path(resource, method));
                    }
                }
            }
        }
        if (endpoints.isEmpty()) {
            throw new AssertionError("no resource found");
        }
        return endpoints;
    }

    private static List<Class<?>> classes() {
        try (Stream<Path> files = Files.walk(CLASSES.resolve("org"))) {
            return files.map(file -> CLASSES.relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && !name.endsWith("package-info.class"))
                    .<Class<?>>map(Endpoints::load)
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Class<?> load(String file) {
        String name = file.substring(0, file.length() - ".class".length()).replaceAll("[/\\\\]", ".");
        try {
            return Class.forName(name, false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String path(AnnotatedElement... elements) {
        StringBuilder path = new StringBuilder();
        for (AnnotatedElement element : elements) {
            jakarta.ws.rs.Path part = element.getAnnotation(jakarta.ws.rs.Path.class);
            path.append('/').append(part == null ? "" : part.value());
        }
        return path.toString().replaceAll("/+", "/").replaceAll("(?<=.)/$", "");
    }
}
