package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.Service;

/** What is deployed. */
class PackagedIT {
    @BeforeAll
    static void isAJar() {
        assumeFalse(Service.isNative(), "everything is in one file");
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.walk(Service.APPLICATION)) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    @Test
    void hasPostgresqlsDriverAndNoOtherDatabaseNorAnEmbeddedOne() throws IOException {
        List<String> names =
                jars().stream().map(jar -> jar.getFileName().toString()).toList();
        assertThat(names).anyMatch(name -> name.startsWith("org.postgresql.postgresql-"));
        assertThat(names)
                .noneMatch(
                        name -> name.matches(
                                ".*(zonky|embedded|h2database|hsqldb|derby|sqlite|mariadb|mysql|mssql|oracle|testcontainers).*"));
    }

    @Test
    void registersNoOtherJdbcDriver() throws IOException {
        for (Path jar : jars()) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                ZipEntry drivers = zip.getEntry("META-INF/services/java.sql.Driver");
                if (drivers != null) {
                    // The second one wraps the first, for traces.
                    assertThat(text(zip, drivers).strip())
                            .isIn("org.postgresql.Driver", "io.opentelemetry.instrumentation.jdbc.OpenTelemetryDriver");
                }
            }
        }
    }

    @Test
    void hasNoUrlOrPasswordRecordedFromTheBuild() throws IOException {
        for (Path jar : jars()) {
            if (jar.startsWith(Service.APPLICATION.resolve("lib"))) {
                continue;
            }
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                for (ZipEntry entry : Collections.list(zip.entries())) {
                    if (entry.getName().startsWith("io/quarkus/runtime/generated/")
                            || entry.getName().endsWith(".properties")) {
                        assertThat(text(zip, entry))
                                .as("%s in %s", entry.getName(), jar)
                                .doesNotContain("jdbc:postgresql://", "postgresql://", "postgres:postgres");
                    }
                }
            }
        }
    }

    /** What only builds, or serves pages to developers. */
    @Test
    void hasNothingOfDevMode() throws IOException {
        assertThat(jars())
                .noneMatch(jar -> jar.getFileName()
                        .toString()
                        .matches(".*(-deployment|-dev|devui|webjars|swagger-ui-webjar|junit)-\\d.*"));
    }

    private static String text(ZipFile zip, ZipEntry entry) throws IOException {
        return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
