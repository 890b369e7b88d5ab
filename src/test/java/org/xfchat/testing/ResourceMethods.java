package org.xfchat.testing;

import com.tngtech.archunit.core.domain.JavaClass;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the code answers over HTTP. */
public final class ResourceMethods {
    private ResourceMethods() {}

    /** Method and address of every resource method of the API. */
    public static Set<String> all() {
        Set<String> found = new HashSet<>();
        for (JavaClass imported : ProductionClasses.read()) {
            if (imported.isAnnotatedWith(Path.class)) {
                Class<?> resource = imported.reflect();
                for (Method method : resource.getMethods()) {
                    httpMethod(method).ifPresent(http -> found.add(http + " " + address(resource, method)));
                }
            }
        }
        found.removeIf(method -> method.contains(" /q/"));
        return found;
    }

    private static Optional<String> httpMethod(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(Annotation::annotationType)
                .filter(type -> type.isAnnotationPresent(HttpMethod.class))
                .map(type -> type.getAnnotation(HttpMethod.class).value())
                .findFirst();
    }

    private static String address(Class<?> resource, Method method) {
        return Stream.of(resource.getAnnotation(Path.class), method.getAnnotation(Path.class))
                .filter(path -> path != null)
                .map(path -> path.value().replaceAll("^/+|/+$", ""))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("/", "/", ""));
    }
}
