package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Service;

/** What is shipped, and under which licences. */
class BillOfMaterialsIT {
    /** Whatever else comes is looked at by a person first. */
    private static final Set<String> ACCEPTED = Set.of(
            "0BSD",
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "EPL-1.0",
            "EPL-2.0",
            "GPL-2.0-with-classpath-exception",
            "MIT",
            "MIT-0",
            "Public Domain");

    private static final Path TARGET = Path.of("target").toAbsolutePath();

    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]+) \\| (`[^|]+`) \\|$");

    /** By component its licences, joined: of what is in the package, without XFChat itself. */
    private static Map<String, String> shipped() throws IOException {
        Map<String, String> shipped = new TreeMap<>();
        Path folder = Service.isNative() ? Service.binary().resolve("..").normalize() : TARGET;
        try (Stream<Path> files = Files.list(folder)) {
            Optional<Path> bill = files.filter(file -> file.toString().endsWith("-cyclonedx.json"))
                    .findAny();
            assumeTrue(bill.isPresent() || folder.equals(TARGET), "the binary was brought without its bill");
            for (JsonNode component :
                    new ObjectMapper().readTree(bill.orElseThrow().toFile()).path("components")) {
                String group = component.path("group").asText();
                if (!group.isEmpty() && !group.equals("org.xfchat") && isShipped(component)) {
                    shipped.put(group + ":" + component.path("name").asText(), licences(component));
                }
            }
        }
        return shipped;
    }

    /** A jar says where it lies; what is in a native binary says only that it is needed at run time. */
    private static boolean isShipped(JsonNode component) {
        return Service.isNative()
                ? StreamSupport.stream(component.path("properties").spliterator(), false)
                        .anyMatch(property -> property.path("value").asText().equals("runtime"))
                : component.has("evidence");
    }

    private static String licences(JsonNode component) {
        return StreamSupport.stream(component.path("licenses").spliterator(), false)
                .map(licence -> licence.path("license"))
                .map(licence -> licence.path("id").asText(licence.path("name").asText()))
                .distinct()
                .sorted()
                .collect(Collectors.joining(" or "));
    }

    @Test
    void hasOnlyLicencesThatSomebodyAccepted() throws IOException {
        assertThat(shipped()).hasSizeGreaterThan(100).allSatisfy((component, licences) -> {
            assertThat(licences).as(component).isNotEmpty();
            assertThat(licences.split(" or ", -1)).as(component).isSubsetOf(ACCEPTED);
        });
    }

    @Test
    void isWhatTheDocumentLists() throws IOException {
        assumeFalse(Service.isNative(), "the document is about the jars");
        Map<String, String> listed = new TreeMap<>();
        ROW.matcher(Files.readString(Path.of("docs", "licences.md")))
                .results()
                .forEach(row -> Arrays.stream(row.group(2).split(", ", -1))
                        .forEach(component -> listed.put(component.replace("`", ""), row.group(1))));
        assertThat(listed).isEqualTo(shipped());
    }

    @Test
    void isWhatLiesInThePackage() throws IOException {
        assumeFalse(Service.isNative(), "everything is in one file");
        Set<String> jars = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("target", "quarkus-app", "lib"))) {
            files.filter(file -> file.toString().endsWith(".jar"))
                    .forEach(jar -> jars.add(jar.getFileName().toString()));
        }
        Set<String> shipped = shipped().keySet();
        assertThat(jars)
                .allMatch(jar ->
                        shipped.stream().anyMatch(component -> jar.startsWith(component.replace(':', '.') + "-")));
        assertThat(shipped).hasSameSizeAs(jars);
    }
}
