package org.xfchat;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.ArchitectureTest.ROOT;
import static org.xfchat.ArchitectureTest.SHIPPED;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xfchat.testing.RunTimeObjects;

/**
 * Classes are initialised while the native image is built, and what their static fields hold then is what every process begins
 * with: nothing in them may belong to one process, or to the machine of the build.
 */
class ImageHeapTest {
    /** Reads what differs from process to process; by the method's full name. */
    private static final Pattern READS_RUN_TIME = Pattern.compile(String.join(
            "|",
            "java\\.lang\\.System\\.(nanoTime|currentTimeMillis|getenv|getProperty|getProperties|identityHashCode)",
            "java\\.lang\\.Runtime\\.\\w+",
            "java\\.lang\\.(ProcessHandle|Thread)\\.\\w+",
            "java\\.lang\\.management\\..*",
            "java\\.lang\\.(Integer|Long)\\.get(Integer|Long)|java\\.lang\\.Boolean\\.getBoolean",
            "java\\.time\\.\\w+\\.now|java\\.time\\.Clock\\.\\w+|java\\.time\\.ZoneId\\.systemDefault",
            "java\\.util\\.UUID\\.randomUUID|java\\.lang\\.Math\\.random",
            "java\\.util\\.(Locale|TimeZone)\\.getDefault|java\\.nio\\.charset\\.Charset\\.defaultCharset",
            "java\\.net\\.(InetAddress|NetworkInterface)\\.\\w+",
            "java\\.(nio\\.file|io)\\.(Files|File|Path|Paths|FileSystems)\\.\\w+",
            "java\\.(nio\\.file|io)\\.Path\\.toAbsolutePath",
            "org\\.eclipse\\.microprofile\\.config\\..*"));

    /** What the artefact contains is the same in every process. */
    private static final String OWN_RESOURCE = "java.lang.Class.getResourceAsStream";

    /** What is remembered of connections, of which there is none while the image is built. */
    private static final String EMPTY_AT_FIRST =
            "io.opentelemetry.instrumentation.jdbc.internal.JdbcData.connectionInfo";

    /** What has no extension that says for it what is initialised when. */
    static Stream<String> librariesWithoutExtension() {
        return Stream.of(
                "com.password4j",
                "io.github.bucket4j",
                "io.opentelemetry.instrumentation.jdbc",
                "org.jose4j",
                "org.jspecify");
    }

    @Test
    void noStaticFieldIsOfARunTimeType() {
        assertThat(staticFields(SHIPPED, ROOT)).isEmpty();
    }

    @Test
    void noStaticFieldIsInitialisedFromWhatDiffersBetweenProcesses() {
        assertThat(runTimeCalls(SHIPPED, ROOT)).isEmpty();
    }

    /** The framework makes them while the image is built. */
    @Test
    void noProviderHoldsWhatIsMadeAtRunTime() {
        List<String> fields = SHIPPED.stream()
                .filter(type -> type.isAnnotatedWith("jakarta.ws.rs.ext.Provider"))
                .flatMap(type -> type.getFields().stream())
                .filter(field -> isOfProcess(field.getRawType(), ROOT))
                .map(JavaField::getFullName)
                .toList();
        assertThat(fields).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("librariesWithoutExtension")
    void aLibraryThatHoldsSuchThingsIsInitialisedAtRunTime(String library) throws IOException {
        // Buckets that several processes share are not used.
        JavaClasses classes = new ClassFileImporter()
                .importPackages(library)
                .that(not(resideInAnyPackage(
                        "io.github.bucket4j.distributed..", "io.github.bucket4j.util.concurrent.batch..")));
        assertThat(classes).as("%s is on the class path", library).isNotEmpty();
        List<String> found = new ArrayList<>(staticFields(classes, library));
        found.addAll(runTimeCalls(classes, library));
        found.remove(EMPTY_AT_FIRST);
        Properties settings = new Properties();
        try (InputStream file = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
            settings.load(file);
        }
        String arguments =
                settings.getProperty("quarkus.native.additional-build-args").replace("\\", "");
        boolean atRunTime = List.of(arguments
                        .replaceFirst(".*--initialize-at-run-time=", "")
                        .split(","))
                .contains(library);
        assertThat(atRunTime ? List.of() : found)
                .as("add %s to --initialize-at-run-time", library)
                .isEmpty();
    }

    /** In a native binary it is the configuration of the build until Quarkus runs; a bean gets the right one injected. */
    @Test
    void nobodyAsksForTheConfigurationBeforeItIsThere() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.eclipse.microprofile.config.ConfigProvider")
                .check(SHIPPED);
    }

    /** The rules above find what they are for. */
    @Test
    void theRulesSeeEachKind() {
        JavaClasses wrong = new ClassFileImporter().importClasses(Wrong.class);
        assertThat(staticFields(wrong, ROOT))
                .extracting(field -> field.replaceFirst(".*\\.", ""))
                .containsExactlyInAnyOrder("BUFFER", "BY_NAME", "RANDOM", "THREADS");
        assertThat(runTimeCalls(wrong, ROOT))
                .extracting(call -> call.replaceFirst(".* calls ", ""))
                .containsExactlyInAnyOrder(
                        "io.vertx.core.buffer.Buffer.buffer",
                        "java.security.SecureRandom.<init>",
                        "java.lang.Thread.<init>",
                        "java.lang.System.nanoTime",
                        "java.time.Instant.now");
    }

    /** What must never stand in the service's classes. */
    @SuppressWarnings("unused")
    static final class Wrong {
        static final io.vertx.core.buffer.Buffer BUFFER = io.vertx.core.buffer.Buffer.buffer();
        static final java.util.Map<String, io.netty.buffer.ByteBuf> BY_NAME = java.util.Map.of();
        static final java.util.Random RANDOM = new java.security.SecureRandom();
        static final List<Thread> THREADS = List.of();
        static final Object HIDDEN = new Thread[] {new Thread("hidden")};
        static final long STARTED = started();
        static final Runnable LATER = System::gc;
        static final java.util.function.LongSupplier CLOCK = () -> System.currentTimeMillis();

        private Wrong() {}

        private static long started() {
            return System.nanoTime() + java.time.Instant.now().toEpochMilli();
        }
    }

    /** A library's own types are judged by what they hold. */
    private static boolean isOfProcess(JavaClass type, String root) {
        return RunTimeObjects.NAMES.stream()
                .filter(name -> !name.equals(root + "."))
                .anyMatch(name -> name.endsWith(".") ? type.getName().startsWith(name) : type.isAssignableTo(name));
    }

    private static List<String> staticFields(JavaClasses classes, String root) {
        return classes.stream()
                .flatMap(owner -> owner.getFields().stream())
                .filter(field -> field.getModifiers().contains(JavaModifier.STATIC)
                        && field.getAllInvolvedRawTypes().stream().anyMatch(type -> isOfProcess(type, root)))
                .map(JavaField::getFullName)
                .toList();
    }

    /**
     * Everything that static initialisers run through methods of the same root. What they hand on as a lambda or a method
     * reference is taken for something that runs later, which this cannot tell from what a stream runs at once.
     */
    private static List<String> runTimeCalls(JavaClasses classes, String root) {
        List<String> found = new ArrayList<>();
        Set<JavaCodeUnit> seen = new HashSet<>();
        Deque<JavaCodeUnit> open = new ArrayDeque<>();
        classes.forEach(type -> type.getStaticInitializer().ifPresent(open::add));
        while (!open.isEmpty()) {
            JavaCodeUnit unit = open.poll();
            if (!seen.add(unit)) {
                continue;
            }
            for (JavaCall<?> call : unit.getCallsFromSelf()) {
                if (call.isDeclaredInLambda()) {
                    continue;
                }
                CodeUnitCallTarget target = call.getTarget();
                String name = target.getOwner().getName() + "." + target.getName();
                boolean makesOne = !name.equals(OWN_RESOURCE)
                        && isOfProcess(
                                call instanceof JavaConstructorCall ? target.getOwner() : target.getRawReturnType(),
                                root);
                if (makesOne || READS_RUN_TIME.matcher(name).matches()) {
                    found.add(unit.getFullName() + " calls " + name);
                } else if (target.getOwner().getName().startsWith(root + ".")) {
                    target.resolveMember().ifPresent(open::add);
                }
            }
        }
        return found;
    }
}
