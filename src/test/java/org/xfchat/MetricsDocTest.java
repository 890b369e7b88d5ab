package org.xfchat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.xfchat.testing.Person.logPath;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.HttpStream;
import org.xfchat.testing.HttpStream.Request;
import org.xfchat.testing.Person;
import org.xfchat.testing.TestDatabase;

/** docs/metrics.md names every meter with all its tags and all their values. */
@QuarkusTest
@org.junit.jupiter.api.Tag("whole-service")
@QuarkusTestResource(TestDatabase.class)
class MetricsDocTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Path SOURCES = Path.of("src", "main", "java");

    /** A row of a table: the names, the kind, the tags. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`xfchat[^|]*`) \\| [^|]+ \\| ([^|]*)\\|");

    private static final Pattern TAG = Pattern.compile("`(\\w+)` \\(([^)]*)\\)");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /** The name of a meter, where one is made, and not of a setting. */
    private static final Pattern MADE = Pattern.compile("(?<!name = |getValue\\()\"(xfchat\\.[^\"]*)\"");

    @Inject
    MeterRegistry meters;

    /** By meter the values of each tag. */
    private static Map<String, Map<String, Set<String>>> documented() throws IOException {
        Map<String, Map<String, Set<String>>> found = new TreeMap<>();
        ROW.matcher(Files.readString(Path.of("docs", "metrics.md"))).results().forEach(row -> {
            Map<String, Set<String>> tags = new HashMap<>();
            TAG.matcher(row.group(2)).results().forEach(tag -> tags.put(tag.group(1), quoted(tag.group(2))));
            quoted(row.group(1)).forEach(name -> found.put(name, tags));
        });
        return found;
    }

    private static Set<String> quoted(String list) {
        return groups(QUOTED, list);
    }

    private static Set<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What the sources have, also what is made only when something has happened. */
    @Test
    void namesWhatTheSourcesMakeAndNothingElse() throws IOException {
        Set<String> made = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                if (source.contains("import io.micrometer.")) {
                    made.addAll(groups(MADE, source));
                }
            }
        }
        assertThat(made).isNotEmpty().isEqualTo(documented().keySet());
    }

    @Test
    void namesEveryTagAndEveryValueThatARunningServiceShows() throws Exception {
        exercise();
        Map<String, Map<String, Set<String>>> documented = documented();
        List<Meter.Id> shown = meters.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith("xfchat"))
                .toList();
        assertThat(shown).isNotEmpty();
        for (Meter.Id id : shown) {
            assertThat(documented).containsKey(id.getName());
            Map<String, Set<String>> tags = documented.getOrDefault(id.getName(), Map.of());
            assertThat(id.getTags())
                    .as(id.getName())
                    .extracting(Tag::getKey)
                    .containsExactlyInAnyOrderElementsOf(tags.keySet());
            for (Tag tag : id.getTags()) {
                assertThat(tags.getOrDefault(tag.getKey(), Set.of()))
                        .as("%s, %s", id.getName(), tag.getKey())
                        .contains(tag.getValue());
            }
        }
    }

    /** Whatever a client invents: names of methods, addresses, ids. */
    @Test
    void noClientCanAddToWhatIsKeptOfHttp() {
        String invented = UUID.randomUUID().toString().replace("-", "");
        Person.anonymous().request("M" + invented, "/api/contacts").then().statusCode(405);
        Person.anonymous().get("/" + invented).then().statusCode(404);
        Person.anonymous()
                .get("/api/" + invented + "?" + invented + "=1")
                .then()
                .statusCode(404);
        for (String path : List.of(
                "/sync/conversations/%s/messages",
                "/sync/conversations/%s/messages/%s", "/api/conversations/%s/messages", "/api/messages/%s/read")) {
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "MULTIPLEX")) {
                given().request(method, path.formatted(invented, invented));
            }
        }
        await().atMost(LIMIT)
                .until(() -> !meters.find("http.server.requests")
                        .tag("method", "MULTIPLEX")
                        .timers()
                        .isEmpty());
        assertThat(meters.find("http.server.requests").timers())
                .extracting(timer -> timer.getId().getTags())
                .isNotEmpty()
                .allSatisfy(tags -> assertThat(tags)
                        .extracting(Tag::getValue)
                        .noneMatch(value -> value.contains(invented) || value.matches(".*[0-9a-f]{8}-[0-9a-f]{4}.*")));
    }

    /** A message for streams of every kind, and one that is refused. */
    private void exercise() throws Exception {
        Person alice = Person.signUp();
        Person bob = Person.signUp();
        UUID conversation = alice.befriend(bob);
        Map<String, String> token = Map.of("Authorization", "Bearer " + bob.token());
        List<HttpStream> streams = Stream.of(
                        Map.entry(logPath(conversation), Map.of("Subscribe", "true")),
                        Map.entry(logPath(conversation), Map.of("Accept", "text/event-stream")),
                        Map.entry("/chat", Map.of("Subscribe", "true")),
                        Map.entry("/realtime", Map.of("Subscribe", "true")))
                .map(stream -> {
                    Map<String, String> headers = new HashMap<>(stream.getValue());
                    headers.putAll(token);
                    return HttpStream.open(RestAssured.port, Request.get(stream.getKey(), headers));
                })
                .toList();
        UUID id = alice.say(conversation, "to be counted");
        alice.put(conversation, id, "something else").then().statusCode(409);
        streams.forEach(HttpStream::status);
        double before = counted("xfchat.stream.closed");
        streams.forEach(HttpStream::close);
        await().atMost(LIMIT).until(() -> counted("xfchat.stream.closed") >= before + streams.size());
    }

    private double counted(String name) {
        return meters.find(name).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
