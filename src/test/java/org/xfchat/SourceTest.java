package org.xfchat;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.xfchat.ArchitectureTest.ROOT;
import static org.xfchat.ArchitectureTest.SHIPPED;

import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What no class does, and how long a file may be (CONTRIBUTING.md, "Rules"). */
class SourceTest {
    private static final int MAX_LINES = 300;

    @Test
    void datesAreOfJavaTime() {
        // Main sets the zone of the libraries that use these.
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.xfchat.Main")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.util\\.(Date|Calendar|GregorianCalendar|TimeZone)|java\\.sql\\.(Date|Time|Timestamp)"
                                + "|java\\.text\\.(Simple)?DateFormat")
                .check(SHIPPED);
    }

    /** A statement that was prepared fails once its result has another column, which a newer version may add at any time. */
    @Test
    void statementsNameTheColumnsOfTheirResult() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java", "org", "xfchat"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java")))
                    // The commands that convert a database have it for themselves.
                    .filteredOn(file -> !file.toString().matches(".*[/\\\\](upgrade|rollback)[/\\\\].*"))
                    .allSatisfy(file -> assertThat(Files.readString(file))
                            .doesNotContainPattern("(?i)\"\\s*select (\\w+\\.)?\\*|returning \\*"));
        }
    }

    /** But for the entity that needs a lock and a collation, and for the settings of a transaction. */
    @Test
    void statementsOfOurOwnGoOneWay() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.(NativeSql|Transactions|User)(\\$.*)?")
                .should()
                .callMethodWhere(target(nameMatching("createNative(Mutation)?Query")))
                .check(SHIPPED);
    }

    /** But for the pools that work for requests. */
    @Test
    void whatGoesOnByItselfDoesSoInTheBackground() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".background")
                .and()
                .haveNameNotMatching(".*\\.(CatchUp|HashTurns)")
                .should()
                .callConstructorWhere(describe(
                        "making a thread",
                        call -> call.getTargetOwner().isAssignableTo(Thread.class)
                                || call.getTargetOwner().isAssignableTo(ExecutorService.class)))
                .orShould()
                .callMethodWhere(describe(
                        "having something done periodically",
                        call -> call.getTargetOwner().isEquivalentTo(Executors.class)
                                || call.getName().equals("setPeriodic")))
                .check(SHIPPED);
    }

    @Test
    void onlyMainPrints() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".Main")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethodWhere(target(name("printStackTrace")))
                .check(SHIPPED);
    }

    @Test
    void onlyARetrySleeps() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".database.Transactions")
                .should()
                .callMethodWhere(target(name("sleep")))
                .check(SHIPPED);
    }

    /** A clock that a test can set; measuring a duration ({@code System.nanoTime}) is something else. */
    @Test
    void timeComesFromTheInjectedClock() {
        noClasses()
                .should()
                .callMethodWhere(describe("what time it is, asked without a clock", SourceTest::asksWithoutAClock))
                .check(SHIPPED);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".ServerClock")
                .should()
                .callMethodWhere(describe(
                        "making a clock",
                        call -> call.getTargetOwner().isEquivalentTo(Clock.class)
                                && call.getName().matches("(system|tick).*")))
                .check(SHIPPED);
    }

    private static boolean asksWithoutAClock(JavaMethodCall call) {
        boolean withClock = call.getTarget().getRawParameterTypes().stream()
                .anyMatch(parameter -> parameter.isEquivalentTo(Clock.class));
        return switch (call.getName()) {
            case "currentTimeMillis" -> true;
            case "now" -> !withClock && call.getTargetOwner().getName().matches("java\\.time\\..*|org\\.jose4j\\..*");
            default -> false;
        };
    }

    @Test
    void filesAreShort() throws IOException {
        for (String folder : List.of("src/main/java", "src/test/java")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                List<Path> sources =
                        files.filter(file -> file.toString().endsWith(".java")).toList();
                assertThat(sources).isNotEmpty();
                for (Path source : sources) {
                    assertThat(Files.readAllLines(source)).as(source.toString()).hasSizeLessThanOrEqualTo(MAX_LINES);
                }
            }
        }
    }
}
