package org.xfchat;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.ArchitectureTest.ROOT;
import static org.xfchat.ArchitectureTest.SHIPPED;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PostgreSQL is the only store, required, and nothing pretends otherwise. */
class StorageArchitectureTest {
    private static final String[] OTHER_STORES = {
        "org.h2..",
        "org.hsqldb..",
        "org.apache.derby..",
        "org.sqlite..",
        "com.mysql..",
        "org.mariadb..",
        "com.mongodb..",
        "io.quarkus.mongodb..",
        "io.quarkus.redis..",
        "redis.clients..",
        "io.lettuce..",
        "io.vertx.redis..",
        "io.quarkus.cache.."
    };

    private static final List<String> CONNECTING = List.of(
            "javax.sql.DataSource",
            "io.agroal.api.AgroalDataSource",
            "org.hibernate.Session",
            "jakarta.persistence.EntityManager");

    @Test
    void noOtherStoreIsUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(OTHER_STORES)
                .check(SHIPPED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.h2.Driver",
                "org.hsqldb.jdbc.JDBCDriver",
                "org.apache.derby.jdbc.EmbeddedDriver",
                "org.apache.derby.iapi.jdbc.AutoloadedDriver",
                "org.sqlite.JDBC",
                "com.mysql.cj.jdbc.Driver",
                "org.mariadb.jdbc.Driver",
                "com.mongodb.client.MongoClient",
                "io.quarkus.redis.client.RedisClient",
                "redis.clients.jedis.Jedis",
                "io.lettuce.core.RedisClient"
            })
    void noOtherDriverIsOnTheClassPath(String driver) {
        assertThat(resource("org.postgresql.Driver")).isNotNull();
        assertThat(resource(driver)).isNull();
    }

    private @Nullable URL resource(String type) {
        return getClass().getClassLoader().getResource(type.replace('.', '/') + ".class");
    }

    @Test
    void thereIsExactlyOneDatasourceAndItIsRequired() throws IOException {
        Properties properties = new Properties();
        try (InputStream file = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
            properties.load(file);
        }
        assertThat(properties).containsEntry("quarkus.datasource.db-kind", "postgresql");
        List<String> keys = properties.stringPropertyNames().stream()
                .map(key -> key.replaceFirst("^%[\\w,-]+\\.", ""))
                .toList();
        // Named ones have their name, quoted or not, before the settings of the default one.
        assertThat(keys)
                .filteredOn(key -> key.startsWith("quarkus.datasource."))
                .allMatch(
                        key -> key.matches(
                                "quarkus\\.datasource\\.(db-kind|username|password|jdbc\\.[a-z-]+(\\.enabled)?|devservices\\.enabled|health\\.enabled)"));
        assertThat(keys).noneMatch(key -> key.matches("quarkus\\.(hibernate-orm|flyway)\\.(\".*|active|enabled)"));
    }

    @Test
    void noConnectionIsOptionalOrNamed() {
        // Such as Optional, Instance or Provider of one.
        assertThat(fields().filter(field -> !isOneOf(field.getRawType(), CONNECTING)
                        && involved(field).anyMatch(type -> isOneOf(type, CONNECTING))))
                .isEmpty();
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.quarkus.agroal.DataSource")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.quarkus.hibernate.orm.PersistenceUnit")
                .check(SHIPPED);
    }

    /** What is stored is asked for; a map of it that outlives a request would be a second store. */
    @Test
    void nothingThatIsStoredIsKeptInMemory() {
        assertThat(fields().filter(StorageArchitectureTest::outlivesARequest)
                        .filter(field -> field.getRawType().isAssignableTo(Map.class)
                                || field.getRawType().isAssignableTo(Collection.class)
                                || field.getRawType().isArray()
                                || field.getRawType().getName().startsWith("java.util.concurrent."))
                        .filter(field -> involved(field).anyMatch(StorageArchitectureTest::isStored)))
                .isEmpty();
    }

    @Test
    void noBeanKeepsWhatRequestsChange() {
        assertThat(fields().filter(StorageArchitectureTest::outlivesARequest)
                        .filter(field -> field.getRawType().isAssignableTo(ConcurrentMap.class)))
                .isEmpty();
    }

    @Test
    void theEmbeddedServerIsForDevelopmentOnly() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".EmbeddedDatabase")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.zonky..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ROOT + ".EmbeddedDatabase")
                .check(SHIPPED);
        assertThat(SHIPPED.contain(ROOT + ".EmbeddedDatabase")).isTrue();
    }

    private static Stream<JavaField> fields() {
        return SHIPPED.stream().flatMap(type -> type.getFields().stream());
    }

    private static Stream<JavaClass> involved(JavaField field) {
        return field.getType().getAllInvolvedRawTypes().stream().map(JavaClass::getBaseComponentType);
    }

    private static boolean isOneOf(JavaClass type, List<String> names) {
        return names.contains(type.getName());
    }

    /** Static, or of a bean that is not made anew for each request. */
    private static boolean outlivesARequest(JavaField field) {
        return field.getModifiers().contains(JavaModifier.STATIC)
                || Stream.of(
                                "jakarta.inject.Singleton",
                                "jakarta.enterprise.context.ApplicationScoped",
                                "jakarta.ws.rs.Path",
                                "jakarta.ws.rs.ext.Provider")
                        .anyMatch(field.getOwner()::isAnnotatedWith);
    }

    /**
     * An entity, or of a package that has one and not a setting, a code or a piece of the protocol; nor a lane, whose bounded
     * queue has only what is not stored yet and is not acknowledged either.
     */
    private static boolean isStored(JavaClass type) {
        return !type.isEnum()
                && !type.getName().equals(ROOT + ".log.Lane")
                && SHIPPED.stream()
                        .filter(candidate -> candidate.isAnnotatedWith("jakarta.persistence.Entity"))
                        .anyMatch(entity -> entity.getPackageName().equals(type.getPackageName()));
    }
}
