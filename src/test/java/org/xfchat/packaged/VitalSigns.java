package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.xfchat.testing.Service;

/** What an attack must leave as it was: streams, memory, workers, files and threads of a service (Linux), its answers, its log. */
final class VitalSigns {
    private static final Duration BACK = Duration.ofSeconds(90);

    /** Each of the two would be given up before; longer is a hang. */
    private static final Duration IN_TIME = Duration.ofSeconds(40);

    /** Whoever scrapes them is there as well. */
    private static final double SCRAPING = 1;

    /** A quarter of 256 MiB, which is all there is for clients. */
    private static final long COUNTED = 64L << 20;

    private static final int MORE_FILES = 40;
    private static final int MORE_THREADS = 30;

    /** What was live before, a tenth of it, and code and tables that are there since they were first used. */
    private static final double MORE_HEAP = 1.1;

    private static final long FIRST_USES = 8L << 20;
    private static final Pattern HEAP = Pattern.compile("(?m)^jvm_memory_used_bytes\\{area=\"heap\"[^}]*} (\\S+)$");
    private static final Pattern FAULTS =
            Pattern.compile("(?m)^http_server_requests_seconds_count\\{[^}]*status=\"5(?!03)\\d\\d\"[^}]*} .*$");
    private static final Pattern WORKER = Pattern.compile("\"executor-thread-[^\"]*\"[^\n]*\n(?:[ \t][^\n]*\n)*");

    private static final String TRACE = "\tat ";

    /**
     * Of this one version of Vert.x: it fails over a request that is not whole yet, and waits behind another one, when their
     * client goes, and counts that one as active for good. Those that are newer do not, and then nothing is excepted.
     */
    private static final String KNOWN_FAULT = TRACE + "io.vertx.core.http.impl.Http1xServerRequest.handleException(";

    private static final String KNOWN_MESSAGE = "Http1xServerResponse.ended()\" because \"this.response\" is null";

    private final Service service;
    private final Client client;
    private final long files;
    private final long threads;
    private final long heap;

    /** As they are now. */
    VitalSigns(Service service) {
        this.service = service;
        this.client = new Client(service);
        answers();
        this.heap = heap();
        this.files = count("fd");
        this.threads = count("task");
    }

    /** A figure of the service as it is now, the sum of it where it is told by labels; zero where it is not there. */
    double metric(String name) {
        return metric(figures(), name);
    }

    private String figures() {
        return client.get("/q/metrics").body();
    }

    private static double metric(String figures, String name) {
        return Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? (\\S+)$")
                .matcher(figures)
                .results()
                .mapToDouble(line -> Double.parseDouble(line.group(1)))
                .sum();
    }

    private long count(String what) {
        try (Stream<Path> entries = Files.list(Path.of("/proc", String.valueOf(service.pid()), what))) {
            return entries.count();
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    private String jcmd(String command) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            // It is a JVM itself, for a moment.
            Process process = new ProcessBuilder(
                            jcmd.toString(),
                            "-J-XX:TieredStopAtLevel=1",
                            "-J-XX:+UseSerialGC",
                            String.valueOf(service.pid()),
                            command)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            return said;
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** In use after a collection, in bytes; of a binary, which collects when it likes, nothing. */
    private long heap() {
        if (Service.isNative()) {
            return 0;
        }
        jcmd("GC.run");
        return HEAP.matcher(client.get("/q/metrics").body())
                .results()
                .mapToLong(line -> (long) Double.parseDouble(line.group(1)))
                .sum();
    }

    /** Where workers are that do something, each as a trace; of a binary nothing is known. */
    private List<String> busyWorkers() {
        if (Service.isNative()) {
            return List.of();
        }
        return WORKER.matcher(jcmd("Thread.print"))
                .results()
                .map(trace -> trace.group())
                .filter(trace -> trace.contains("org.xfchat") || trace.contains("io.vertx"))
                .toList();
    }

    /** Fails the test unless ordinary requests are answered, in time. */
    void answers() {
        long started = System.nanoTime();
        HttpResponse<String> health = client.get("/health");
        assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
        assertThat(client.get("/api/contacts").statusCode()).isEqualTo(401);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(IN_TIME);
    }

    /** Fails the test where, in the middle of an attack, more is live than what is counted for clients and as much again. */
    void isNotSwollen() {
        assertThat(heap()).isLessThan(heap + 2 * COUNTED);
    }

    /** Fails the test unless, soon, nothing is held for anybody any more, now that all clients but this one are gone. */
    void nothingIsHeld() {
        await("nothing is held for those who are gone").atMost(BACK).untilAsserted(() -> {
            List<String> held = new ArrayList<>();
            String figures = figures();
            for (String none : List.of(
                    "xfchat_stream_open",
                    "xfchat_memory_used_bytes",
                    "xfchat_limit_bodies",
                    "xfchat_auth_hash_waiting",
                    "xfchat_cursor_waiting",
                    "xfchat_presence_users",
                    "xfchat_realtime_subscribers")) {
                double value = metric(figures, none);
                if (value != 0) {
                    held.add(none + " " + value);
                }
            }
            double active = metric(figures, "http_server_active_requests");
            if (active > SCRAPING && !hasKnownFault()) {
                held.add("http_server_active_requests " + active);
            }
            assertThat(held).isEmpty();
            assertThat(Sockets.leftOpen(service.port()))
                    .as("sockets of clients that are gone")
                    .isEmpty();
            assertThat(busyWorkers()).isEmpty();
        });
    }

    /** Fails the test unless everything is, soon, as it was, and nothing was worse than a deliberate 503. */
    void areBack() {
        answers();
        await("files and threads of before")
                .atMost(BACK)
                .untilAsserted(() -> assertThat(
                                List.of(count("fd") < files + MORE_FILES, count("task") < threads + MORE_THREADS))
                        .as("files %d, threads %d before; %d, %d now", files, threads, count("fd"), count("task"))
                        .containsOnly(true));
        await("memory of before")
                .atMost(BACK)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    long now = heap();
                    System.out.printf("live heap: %d kB before, %d kB now%n", heap >> 10, now >> 10);
                    assertThat(now).isLessThanOrEqualTo((long) (MORE_HEAP * heap) + FIRST_USES);
                });
        assertThat(FAULTS.matcher(client.get("/q/metrics").body()).results().map(line -> line.group()))
                .isEmpty();
        assertThat(complaints()).isEmpty();
    }

    /** Errors in the log, and where traces begin. */
    private List<String> complaints() {
        List<String> lines = service.lines();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean isTrace = line.startsWith(TRACE) && !lines.get(i - 1).startsWith(TRACE);
            boolean isKnown = hasKnownFault()
                    && isTrace
                    && (line.startsWith(KNOWN_FAULT) || lines.get(i - 1).contains(KNOWN_MESSAGE));
            if (line.contains(" ERROR ") || line.contains("OutOfMemory") || (isTrace && !isKnown)) {
                found.add((isTrace ? lines.get(i - 1) + " " : "") + line);
            }
        }
        return found;
    }

    private static boolean hasKnownFault() {
        return Files.exists(Service.APPLICATION.resolve("lib/main/io.vertx.vertx-core-4.5.27.jar"));
    }
}
