package org.xfchat.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.xfchat.testing.Service;

/** What an attack must leave as it was: files, threads and memory of a service (Linux), its answers, its log. */
final class VitalSigns {
    private static final Duration BACK = Duration.ofSeconds(40);

    /** Each of the two would be given up before; longer is a hang. */
    private static final Duration IN_TIME = Duration.ofSeconds(40);

    private static final int MORE_FILES = 40;
    private static final int MORE_THREADS = 30;
    private static final long MORE_HEAP = 48L << 20;
    private static final Pattern HEAP = Pattern.compile("(?m)^jvm_memory_used_bytes\\{area=\"heap\"[^}]*} (\\S+)$");
    private static final Pattern FAULTS =
            Pattern.compile("(?m)^http_server_requests_seconds_count\\{[^}]*status=\"5(?!03)\\d\\d\"[^}]*} .*$");

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

    private long count(String what) {
        try (Stream<Path> entries = Files.list(Path.of("/proc", String.valueOf(service.pid()), what))) {
            return entries.count();
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    /** In use after a collection, in bytes. */
    private long heap() {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process collect = new ProcessBuilder(jcmd.toString(), String.valueOf(service.pid()), "GC.run")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectErrorStream(true)
                    .start();
            assertThat(collect.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
        return HEAP.matcher(client.get("/q/metrics").body())
                .results()
                .mapToLong(line -> (long) Double.parseDouble(line.group(1)))
                .sum();
    }

    /** Fails the test unless ordinary requests are answered, in time. */
    void answers() {
        long started = System.nanoTime();
        HttpResponse<String> health = client.get("/health");
        assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
        assertThat(client.get("/api/contacts").statusCode()).isEqualTo(401);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(IN_TIME);
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
        if (!Service.isNative()) {
            await("memory of before")
                    .atMost(BACK)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> assertThat(heap()).isLessThan(heap + MORE_HEAP));
        }
        assertThat(FAULTS.matcher(client.get("/q/metrics").body()).results().map(line -> line.group()))
                .isEmpty();
        assertThat(service.lines())
                .filteredOn(
                        line -> line.contains(" ERROR ") || line.contains("OutOfMemory") || line.startsWith("\tat "))
                .isEmpty();
    }
}
