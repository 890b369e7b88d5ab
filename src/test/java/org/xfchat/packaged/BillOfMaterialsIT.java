package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
        Optional<JsonNode> bill = bill(folder);
        assumeTrue(bill.isPresent() || folder.equals(TARGET), "the binary was brought without its bill");
        for (JsonNode component : bill.orElseThrow().path("components")) {
            String group = component.path("group").asText();
            if (!group.isEmpty() && !group.equals("org.xfchat")) {
                shipped.put(group + ":" + component.path("name").asText(), licences(component));
            }
        }
        return shipped;
    }

    private static Optional<JsonNode> bill(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            Optional<Path> bill = files.filter(file -> file.toString().endsWith("-cyclonedx.json"))
                    .findAny();
            return bill.isPresent()
                    ? Optional.of(new ObjectMapper().readTree(bill.get().toFile()))
                    : Optional.empty();
        }
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

    /** Nothing that is not there, nothing that only the build ran, and each file as it is. */
    @Test
    void isWhatLiesInThePackage() throws Exception {
        assumeFalse(Service.isNative(), "everything is in one file");
        Map<String, String> listed = new TreeMap<>();
        for (JsonNode component : bill(TARGET).orElseThrow().path("components")) {
            JsonNode places = component.path("evidence").path("occurrences");
            assertThat(places)
                    .as("%s lies in one place", component.path("bom-ref"))
                    .hasSize(1);
            listed.put(places.get(0).path("location").asText(), sha256(component));
        }
        assertThat(listed).isEqualTo(packaged());
    }

    private static String sha256(JsonNode component) {
        return StreamSupport.stream(component.path("hashes").spliterator(), false)
                .filter(hash -> hash.path("alg").asText().equals("SHA-256"))
                .map(hash -> hash.path("content").asText())
                .collect(Collectors.joining());
    }

    /** By name the digest of each file of the package, but lists that are about the others. */
    private static Map<String, String> packaged() throws Exception {
        Map<String, String> packaged = new TreeMap<>();
        List<Path> all;
        try (Stream<Path> files = Files.walk(Service.APPLICATION)) {
            all = files.filter(Files::isRegularFile).toList();
        }
        for (Path file : all) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            packaged.put(
                    Service.APPLICATION.relativize(file).toString(),
                    HexFormat.of().formatHex(digest));
        }
        return packaged;
    }
}
