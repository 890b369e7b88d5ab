package org.xfchat.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the kernel and the JVM say of processes (proc(5)). */
final class Processes {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern USED = Pattern.compile("used (\\d+)K");
    private static final Pattern DIRECT = Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");
    private static final double TICKS_PER_SECOND = 100;

    /** Of /proc/pid/stat, after the name. */
    private static final int FIELDS_BEFORE_TIMES = 11;

    private Processes() {}

    /** Resident memory in bytes, shared pages included. */
    static long resident(long pid) {
        return find(RESIDENT, read(Path.of("/proc", String.valueOf(pid), "status"))) << 10;
    }

    /** Seconds on a processor so far. */
    static double cpuSeconds(long pid) {
        List<Long> ticks = ticks(pid);
        return (ticks.get(0) + ticks.get(1)) / TICKS_PER_SECOND;
    }

    /** The same of all that it has started, those that have ended included. */
    static double cpuSecondsOfAll(long pid) {
        List<Long> all = new ArrayList<>(ticks(pid));
        ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(ProcessHandle::isAlive)
                .forEach(child -> all.addAll(ticksOfChild(child.pid())));
        return all.stream().mapToLong(Long::longValue).sum() / TICKS_PER_SECOND;
    }

    private static List<Long> ticksOfChild(long pid) {
        try {
            return ticks(pid);
        } catch (UncheckedIOException ended) {
            // Its parent has counted it by the time of the next look.
            return List.of();
        }
    }

    /** In user and in kernel mode, and the same of its children that have ended. */
    private static List<Long> ticks(long pid) {
        String stat = read(Path.of("/proc", String.valueOf(pid), "stat"));
        // The name before it may contain blanks.
        return Stream.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1))
                .skip(FIELDS_BEFORE_TIMES)
                .limit(4)
                .map(Long::valueOf)
                .toList();
    }

    static int openFiles(long pid) {
        try (Stream<Path> files = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            return (int) files.count();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Bytes of live objects of a JVM, after a collection. */
    static long heap(long pid) {
        run("jcmd", String.valueOf(pid), "GC.run");
        return find(USED, run("jcmd", String.valueOf(pid), "GC.heap_info")) << 10;
    }

    /** Bytes that a JVM started with {@code -XX:NativeMemoryTracking=summary} has for buffers outside of its heap. */
    static long direct(long pid) {
        return find(DIRECT, run("jcmd", String.valueOf(pid), "VM.native_memory", "summary")) << 10;
    }

    private static long find(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new IllegalStateException(pattern + " is not in " + text);
        }
        return Long.parseLong(found.group(1));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A program's path, from the search path, PostgreSQL's own folders, or this Java; empty where it is not installed. */
    static Optional<Path> program(String name) {
        Stream<Path> folders = Stream.concat(
                Stream.of(System.getenv("PATH").split(":", -1)).map(Path::of),
                Stream.of(Path.of(System.getProperty("java.home"), "bin"), Path.of("/usr/sbin")));
        Optional<Path> found = folders.map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isPresent()) {
            return found;
        }
        try (Stream<Path> versions = Files.isDirectory(Path.of("/usr/lib/postgresql"))
                ? Files.list(Path.of("/usr/lib/postgresql"))
                : Stream.empty()) {
            return versions.map(version -> version.resolve("bin").resolve(name))
                    .filter(Files::isExecutable)
                    .findFirst();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Runs a program to its end; what it wrote. */
    static String run(String... command) {
        command[0] = program(command[0]).map(Path::toString).orElse(command[0]);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", "postgres");
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
