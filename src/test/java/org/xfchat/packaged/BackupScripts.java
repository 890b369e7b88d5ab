package org.xfchat.packaged;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xfchat.testing.OwnServer;

/** The scripts of {@code deploy/backup}, run as an operator runs them, with PostgreSQL's own programs. */
public final class BackupScripts {
    private static final Path FOLDER = Path.of("deploy", "backup").toAbsolutePath();
    private static final Pattern MAJOR = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
    private static final long MINUTES = 3;

    /** How a script ended, and what it said on standard output and error. */
    public record Run(int code, String output) {
        public Run checked() {
            assertThat(code).as(output).isZero();
            return this;
        }

        Run refused(String reason) {
            assertThat(code).as(output).isEqualTo(1);
            assertThat(output).contains(reason);
            return this;
        }
    }

    private BackupScripts() {}

    static Path path(String script) {
        return FOLDER.resolve(script);
    }

    /** What the scripts need for this server and this machine has not; empty where it has all. */
    public static String missing(OwnServer server) {
        int major = Integer.parseInt(server.ask("postgres", "select current_setting('server_version_num')::int / 10000")
                .get(0));
        if (find("bash", "").isEmpty()) {
            return "bash is not installed";
        }
        for (String program : List.of("psql", "pg_dump", "pg_restore", "pg_basebackup", "pg_verifybackup")) {
            boolean newerWillDo = !program.equals("pg_basebackup") && !program.equals("pg_verifybackup");
            List<Integer> found = majors(program, major);
            if (found.stream().noneMatch(version -> version == major || (newerWillDo && version > major))) {
                return "needs " + program + " " + major + (newerWillDo ? " or newer" : "")
                        + ", which is not installed; found " + found;
            }
        }
        return "";
    }

    /** Where a program of PostgreSQL is: in PATH, and where packages put those of that version. */
    static List<Path> find(String program, String major) {
        List<String> folders = new ArrayList<>(
                Arrays.asList(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)));
        folders.addAll(List.of(
                "/usr/lib/postgresql/" + major + "/bin",
                "/usr/pgsql-" + major + "/bin",
                "/opt/homebrew/opt/postgresql@" + major + "/bin"));
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .toList();
    }

    private static List<Integer> majors(String program, int major) {
        List<Integer> majors = new ArrayList<>();
        for (Path found : find(program, String.valueOf(major))) {
            Matcher version = MAJOR.matcher(await(start(Map.of(), List.of(found.toString(), "--version")))
                    .output());
            if (version.find()) {
                majors.add(Integer.parseInt(version.group(1)));
            }
        }
        return majors;
    }

    /** Runs a script for this database, and waits. */
    public static Run run(String databaseUrl, String script, String... arguments) {
        return await(start(databaseUrl, script, arguments));
    }

    /** Starts a script for this database, in an environment of nothing else, and does not wait. */
    static Process start(String databaseUrl, String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of(path(script).toString()));
        command.addAll(List.of(arguments));
        return start(Map.of("DATABASE_URL", databaseUrl), command);
    }

    /** Starts any command with these variables besides PATH and HOME, and does not wait. */
    static Process start(Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Waits until it has ended. */
    static Run await(Process process) {
        try {
            // It says little: no pipe fills up.
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("it does not end: "
                        + new String(process.getInputStream().readAllBytes(), UTF_8));
            }
            return new Run(
                    process.exitValue(), new String(process.getInputStream().readAllBytes(), UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
