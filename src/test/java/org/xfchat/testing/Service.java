package org.xfchat.testing;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged service as a process, with an environment of its own and nothing of this one's. */
public final class Service implements AutoCloseable {
    /** The folder that is deployed. */
    public static final Path APPLICATION = Path.of("target", "quarkus-app").toAbsolutePath();

    /** Beside it, where no .env file of a developer is. */
    private static final Path WORKING_DIRECTORY = Path.of("target").toAbsolutePath();

    /** What the build says of its package. */
    static final Path ARTIFACT = WORKING_DIRECTORY.resolve("quarkus-artifact.properties");

    static final String MAIN = "org.xfchat.Main";

    /** Many of these start in one run, beside the tests: no compiling for the long run. */
    private static final String QUICKLY = "-XX:TieredStopAtLevel=1";

    private static final Pattern LISTENING = Pattern.compile("\\[STARTUP] listening on port (\\d+)");
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);

    /** A line of output and when it was read. */
    private record Line(String text, long nanos) {}

    private final Process process;
    private final Thread reader;
    private final List<Line> output = new CopyOnWriteArrayList<>();
    private final long started = System.nanoTime();

    private Service(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "output of service " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it without a command, which means {@code serve}, and does not wait. */
    public static Service serve(Map<String, String> environment) {
        return start(environment);
    }

    /** Whether the package is a native binary, not a jar. */
    public static boolean isNative() {
        return "native".equals(artifact().getProperty("type"));
    }

    /** The native binary, wherever it was built; only where there is one. */
    public static Path binary() {
        return WORKING_DIRECTORY.resolve(artifact().getProperty("path"));
    }

    /** As Quarkus' own integration tests read it. */
    private static Properties artifact() {
        Properties artifact = new Properties();
        try (InputStream in = Files.newInputStream(ARTIFACT)) {
            artifact.load(in);
        } catch (IOException notPackaged) {
            throw new UncheckedIOException("the service is not packaged", notPackaged);
        }
        return artifact;
    }

    /**
     * Starts it with these arguments and exactly this environment, and does not wait. In each build from one class path, which takes
     * half the time; as it is {@linkplain #deployed deployed} where {@link Extent} is the whole.
     */
    public static Service start(Map<String, String> environment, String... arguments) {
        return start("256m", environment, arguments);
    }

    /** The same with so much memory, as {@code -Xmx} takes it. */
    public static Service start(String memory, Map<String, String> environment, String... arguments) {
        if (isNative()) {
            return run(List.of(binary().toString(), "-Xmx" + memory), environment, arguments);
        }
        if (!Extent.isBrief()) {
            return deployed(List.of("-Xmx" + memory, QUICKLY), environment, arguments);
        }
        List<String> options = new ArrayList<>(ClassArchive.options());
        options.add("-Xmx" + memory);
        return launch(options, environment, arguments);
    }

    /** Starts it in a folder of a test's own, with nothing in its environment, and does not wait. */
    public static Service startIn(Path folder) {
        return run(folder, asDeployed(isNative() ? List.of() : List.of(QUICKLY)), Map.of());
    }

    /** Starts it as it is deployed, with these options of the JVM, or of the binary; does not wait. */
    public static Service deployed(List<String> options, Map<String, String> environment, String... arguments) {
        return run(asDeployed(options), environment, arguments);
    }

    private static List<String> asDeployed(List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(isNative() ? binary().toString() : java());
        command.addAll(options);
        if (!isNative()) {
            command.addAll(
                    List.of("-jar", APPLICATION.resolve("quarkus-run.jar").toString()));
        }
        return command;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** In a JVM with these options, and all that is deployed on one class path, as the native image has it. */
    static Service launch(List<String> options, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(options);
        command.add(QUICKLY);
        command.addAll(ClassArchive.classPath());
        command.add(MAIN);
        return run(command, environment, arguments);
    }

    static Service run(List<String> program, Map<String, String> environment, String... arguments) {
        return run(WORKING_DIRECTORY, program, environment, arguments);
    }

    private static Service run(
            Path folder, List<String> program, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new Service(builder.start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What a service needs at least: this database, a secret, a free port. */
    public static Map<String, String> settings(String databaseUrl) {
        Map<String, String> settings = new HashMap<>();
        settings.put("DATABASE_URL", databaseUrl);
        settings.put("JWT_SECRET", TestDatabase.JWT_SECRET);
        settings.put("SERVER_PORT", "0");
        settings.put("LIMITS", "off");
        return settings;
    }

    /** The same with one more setting, or another value of it. */
    public static Map<String, String> settings(String databaseUrl, String name, String value) {
        Map<String, String> settings = settings(databaseUrl);
        settings.put(name, value);
        return settings;
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(new Line(line, System.nanoTime()));
            }
        } catch (IOException killed) {
            output.add(new Line("(output ends: " + killed.getMessage() + ")", System.nanoTime()));
        }
    }

    /** Waits until it is ready; fails the test when it ends instead, or takes too long. */
    public Service awaitReady() {
        await("ready")
                .atMost(START_DEADLINE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !process.isAlive() || says("[STARTUP] ready"));
        if (!says("[STARTUP] ready")) {
            throw new AssertionError("the service ended instead of getting ready: " + lines());
        }
        return this;
    }

    /** Waits until it has ended by itself and all output is read; its exit code. */
    public int awaitExit() {
        return awaitExit(START_DEADLINE);
    }

    /** The same for work that may take so long. */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the service goes on: " + lines());
            }
            reader.join(STOP_DEADLINE.toMillis());
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** What it wrote so far, standard output and error in the order in which they came. */
    public List<String> lines() {
        return output.stream().map(Line::text).toList();
    }

    /** Whether a line so far contains {@code text}. */
    public boolean says(String text) {
        return output.stream().anyMatch(line -> line.text().contains(text));
    }

    /**
     * How long it took until the line that contains {@code last}, counted from the line that contains {@code first} where
     * there is one, else from the start of the process.
     */
    public Duration between(String first, String last) {
        long from = output.stream()
                .filter(line -> line.text().contains(first))
                .findFirst()
                .map(Line::nanos)
                .orElse(started);
        long to = output.stream()
                .filter(line -> line.text().contains(last))
                .findFirst()
                .map(Line::nanos)
                .orElseThrow(() -> new AssertionError("no line says " + last + ": " + lines()));
        return Duration.ofNanos(to - from);
    }

    /** The port it says that it listens on. */
    public int port() {
        return output.stream()
                .map(line -> LISTENING.matcher(line.text()))
                .filter(Matcher::find)
                .findFirst()
                .map(found -> Integer.parseInt(found.group(1)))
                .orElseThrow(() -> new AssertionError("no port in " + lines()));
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to end, as Kubernetes does, and waits until it has; its exit code. */
    public int stop() {
        process.destroy();
        return awaitExit();
    }

    /** Ends it without giving it a chance. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** Stops it where it is: connections stay open and nobody answers. */
    public void freeze() {
        ProcessSignal.STOP.send(List.of(process.toHandle()));
    }

    /** Undoes {@link #freeze}. */
    public void thaw() {
        ProcessSignal.CONT.send(List.of(process.toHandle()));
    }

    /** Ends it in any case. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
