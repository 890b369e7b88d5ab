package org.xfchat;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may use which, and who may use what of the libraries (docs/architecture.md, CONTRIBUTING.md). */
class ArchitectureTest {
    static final String ROOT = "org.xfchat";

    /** What is shipped, without what Quarkus generates. */
    static final JavaClasses SHIPPED = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    /** By package what it imports directly; downwards everything is transitive. A package may not exist yet. */
    static final Map<String, Set<String>> DIRECT = new LinkedHashMap<>();

    static {
        DIRECT.put("error", Set.of());
        DIRECT.put("failure", Set.of());
        DIRECT.put("background", Set.of("error", "failure"));
        DIRECT.put("braid", Set.of());
        DIRECT.put("database", Set.of("error"));
        DIRECT.put("auth", Set.of("background"));
        DIRECT.put("limit", Set.of("background", "database"));
        DIRECT.put("signal", Set.of("background", "database"));
        DIRECT.put("memory", Set.of("error"));
        DIRECT.put("body", Set.of("limit", "memory"));
        DIRECT.put("account", Set.of("auth", "body", "database", "limit", "signal"));
        DIRECT.put("response", Set.of("memory", "account"));
        DIRECT.put("stream", Set.of("response"));
        DIRECT.put("presence", Set.of("stream"));
        DIRECT.put("participant", Set.of("database"));
        DIRECT.put("log", Set.of("signal", "braid"));
        DIRECT.put("window", Set.of("log", "memory"));
        DIRECT.put("cursor", Set.of("log", "participant", "stream"));
        DIRECT.put("contact", Set.of("participant", "presence"));
        DIRECT.put("message", Set.of("cursor", "window", "braid", "presence"));
        DIRECT.put("conversation", Set.of("message"));
        DIRECT.put("room", Set.of("message"));
        DIRECT.put("realtime", Set.of("contact", "conversation"));
        DIRECT.put("usage", Set.of("account"));
        DIRECT.put("upgrade", Set.of("database"));
        DIRECT.put("rollback", Set.of("upgrade"));
    }

    static Stream<String> packages() {
        return DIRECT.keySet().stream();
    }

    private static Set<String> reachable(String name) {
        Set<String> reachable = new TreeSet<>();
        for (String direct : DIRECT.getOrDefault(name, Set.of())) {
            reachable.add(direct);
            reachable.addAll(reachable(direct));
        }
        return reachable;
    }

    private static String qualified(String name) {
        return ROOT + "." + name + "..";
    }

    private static DescribedPredicate<JavaClass> ours() {
        return resideInAPackage(ROOT + "..");
    }

    @Nested
    class Packages {
        @ParameterizedTest
        @MethodSource("org.xfchat.ArchitectureTest#packages")
        void useOnlyWhatIsBelowThem(String name) {
            Set<String> allowed = reachable(name);
            allowed.add(name);
            String[] patterns =
                    allowed.stream().map(ArchitectureTest::qualified).toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(qualified(name))
                    .should()
                    .dependOnClassesThat(ours().and(not(resideInAnyPackage(patterns))))
                    .allowEmptyShould(true)
                    .check(SHIPPED);
        }

        @Test
        void areTheKnownOnes() {
            Set<String> known = new TreeSet<>();
            packages().forEach(name -> known.add(ROOT + "." + name));
            known.add(ROOT);
            classes().should().resideInAnyPackage(known.toArray(String[]::new)).check(SHIPPED);
        }

        @Test
        void haveNoCycle() {
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(SHIPPED);
        }

        @Test
        void doNotUseTheRoot() {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(ROOT)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(ROOT)
                    .check(SHIPPED);
        }

        @Test
        void areNullMarkedAndDocumented() {
            Set<String> marked = new TreeSet<>();
            Set<String> all = new TreeSet<>();
            for (JavaClass type : SHIPPED) {
                all.add(type.getPackageName());
                if (type.getSimpleName().equals("package-info")
                        && type.isAnnotatedWith("org.jspecify.annotations.NullMarked")) {
                    marked.add(type.getPackageName());
                }
            }
            assertThat(marked).isEqualTo(all);
        }
    }

    @Nested
    class Names {
        @Test
        void sayWhatSomethingIs() {
            noClasses()
                    .should()
                    .haveSimpleNameEndingWith("Manager")
                    .orShould()
                    .haveSimpleNameEndingWith("Helper")
                    .orShould()
                    .haveSimpleNameEndingWith("Impl")
                    .orShould()
                    .haveSimpleNameEndingWith("Utils")
                    .orShould()
                    .haveSimpleNameEndingWith("Util")
                    .check(SHIPPED);
        }

        @Test
        void ofPackagesAreFeatures() {
            noClasses()
                    .should()
                    .resideInAnyPackage(Stream.of("util", "common", "misc", "dto", "entity", "service", "impl")
                            .map(name -> ".." + name + "..")
                            .toArray(String[]::new))
                    .check(SHIPPED);
        }
    }

    @Nested
    class Http {
        private static final DescribedPredicate<JavaClass> ENTRANCE = describe(
                "a resource, a provider or a request filter's binding",
                type -> Stream.concat(Stream.of(type), type.getEnclosingClass().stream())
                        .anyMatch(candidate -> candidate.isAnnotatedWith("jakarta.ws.rs.Path")
                                || candidate.isAnnotatedWith("jakarta.ws.rs.ext.Provider")
                                || candidate.isAnnotatedWith("jakarta.ws.rs.NameBinding")
                                || candidate.getMethods().stream()
                                        .anyMatch(method -> method.isAnnotatedWith(
                                                "org.jboss.resteasy.reactive.server.ServerExceptionMapper"))));

        private static final DescribedPredicate<JavaClass> RESOURCE =
                describe("a resource", type -> type.isAnnotatedWith("jakarta.ws.rs.Path"));

        @Test
        void entersThroughResourcesFiltersAndProvidersOnly() {
            noClasses()
                    .that(not(ENTRANCE)
                            .and(describe(
                                    "not part of a provider",
                                    type -> !type.getName().startsWith(ROOT + ".error.UuidParameters$"))))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("jakarta.ws.rs..")
                    .check(SHIPPED);
        }

        @Test
        void resourcesHaveNoTransactionAndNoQuery() {
            noClasses()
                    .should()
                    .beAnnotatedWith("jakarta.transaction.Transactional")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("jakarta.transaction.Transactional")
                    .check(SHIPPED);
            noClasses()
                    .that(RESOURCE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.hibernate..", "jakarta.persistence..", "java.sql..", "javax.sql..")
                    .check(SHIPPED);
        }

        /** The framework logs an error where one answers after the deadline did. */
        @Test
        void resourcesThatBlockFirstAnswerInTimeOnly() {
            methods()
                    .that()
                    .areAnnotatedWith("io.smallrye.common.annotation.Blocking")
                    .and()
                    .haveRawReturnType("io.smallrye.mutiny.Uni")
                    .should(call("rest", ROOT + ".error.Deadline"))
                    .check(SHIPPED);
        }

        private static ArchCondition<JavaMethod> call(String name, String owner) {
            return new ArchCondition<>("call " + name + " of " + owner) {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    boolean calls = method.getMethodCallsFromSelf().stream()
                            .anyMatch(each -> each.getName().equals(name)
                                    && each.getTargetOwner().getName().equals(owner));
                    events.add(new SimpleConditionEvent(method, calls, method.getFullName()));
                }
            };
        }

        /** Whatever waits for a client's socket is counted there, or is no larger than a problem. */
        @Test
        void writesWhereWhatWaitsIsCounted() {
            Set<String> writers =
                    Set.of(ROOT + ".response.ResponseWriter", ROOT + ".stream.Outlet", ROOT + ".stream.Stream");
            noClasses()
                    .that(describe(
                            "not where it is counted",
                            type -> !writers.contains(type.getName())
                                    && !type.getPackageName().equals(ROOT + ".error")))
                    .should()
                    .callMethodWhere(describe(
                            "a response's body is written",
                            call -> call.getTargetOwner().isAssignableTo("io.vertx.core.http.HttpServerResponse")
                                    && Set.of("write", "end", "send", "sendFile", "pipeTo")
                                            .contains(call.getName())))
                    .check(SHIPPED);
        }

        @Test
        void resourcesNeverSeeEntities() {
            noClasses()
                    .that(RESOURCE)
                    .should()
                    .dependOnClassesThat(
                            describe("an entity", type -> type.isAnnotatedWith("jakarta.persistence.Entity")))
                    .check(SHIPPED);
        }
    }
}
