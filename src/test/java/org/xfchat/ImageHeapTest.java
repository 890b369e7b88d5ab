package org.xfchat;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.ArchitectureTest.ROOT;
import static org.xfchat.ArchitectureTest.SHIPPED;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.RunTimeObjects;

/**
 * Classes are initialised while the native image is built, and what their static fields hold then is what every process begins
 * with: nothing in them may belong to one process, or to the machine of the build. What the objects in the fields hold in turn
 * is looked at in the package ({@code org.xfchat.packaged.ImageHeapIT}).
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

    @Test
    void noStaticFieldIsOfARunTimeType() {
        assertThat(violations(SHIPPED)).isEmpty();
    }

    @Test
    void noStaticFieldIsInitialisedFromWhatDiffersBetweenProcesses() {
        assertThat(runTimeCalls(SHIPPED)).isEmpty();
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
        assertThat(violations(wrong))
                .extracting(field -> field.replaceFirst(".*\\.", ""))
                .containsExactlyInAnyOrder("BUFFER", "BY_NAME", "RANDOM", "THREADS");
        assertThat(runTimeCalls(wrong))
                .extracting(call -> call.replaceFirst(".* calls ", ""))
                .containsExactlyInAnyOrder("java.lang.System.nanoTime", "java.time.Instant.now");
    }

    /** What must never stand in the service's classes. */
    @SuppressWarnings("unused")
    static final class Wrong {
        static final io.vertx.core.buffer.Buffer BUFFER = io.vertx.core.buffer.Buffer.buffer();
        static final java.util.Map<String, io.netty.buffer.ByteBuf> BY_NAME = java.util.Map.of();
        static final java.util.Random RANDOM = new java.security.SecureRandom();
        static final List<Thread> THREADS = List.of();
        static final long STARTED = started();
        static final Runnable LATER = System::gc;
        static final java.util.function.LongSupplier CLOCK = () -> System.currentTimeMillis();

        private Wrong() {}

        private static long started() {
            return System.nanoTime() + java.time.Instant.now().toEpochMilli();
        }
    }

    private static List<String> violations(JavaClasses classes) {
        List<String> found = new ArrayList<>();
        for (JavaClass type : classes) {
            for (JavaField field : type.getFields()) {
                if (field.getModifiers().contains(JavaModifier.STATIC)
                        && field.getAllInvolvedRawTypes().stream()
                                .anyMatch(involved -> RunTimeObjects.NAMES.stream()
                                        .anyMatch(name -> name.endsWith(".")
                                                ? involved.getName().startsWith(name)
                                                : involved.isAssignableTo(name)))) {
                    found.add(field.getFullName());
                }
            }
        }
        return found;
    }

    /** Everything that static initialisers run, through our own methods, but for what they only hand on to be run later. */
    private static List<String> runTimeCalls(JavaClasses classes) {
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
                if (READS_RUN_TIME.matcher(name).matches()) {
                    found.add(unit.getFullName() + " calls " + name);
                } else if (target.getOwner().getName().startsWith(ROOT + ".")) {
                    target.resolveMember().ifPresent(open::add);
                }
            }
        }
        return found;
    }
}
