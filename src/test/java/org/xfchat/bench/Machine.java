package org.xfchat.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xfchat.testing.Service;

/** What the figures were measured on. */
final class Machine {
    private Machine() {}

    static Map<String, String> describe() {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("processor", first("model name\\s*:\\s*(.+)", Processes.read(Path.of("/proc/cpuinfo"))));
        machine.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        long kilobytes = Long.parseLong(first("MemTotal:\\s*(\\d+)", Processes.read(Path.of("/proc/meminfo"))));
        machine.put("memory", Math.round(kilobytes / 1048576.0) + " GiB");
        machine.put(
                "system",
                Processes.read(Path.of("/proc/sys/kernel/ostype")).strip() + " "
                        + Processes.read(Path.of("/proc/sys/kernel/osrelease")).strip());
        machine.put(
                "service",
                Service.isNative() ? "native binary" : "Java " + Runtime.version() + ", " + Rig.JAVA_OPTIONS);
        machine.put("load", "from one process on the same machine");
        return machine;
    }

    private static String first(String pattern, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        return found.find() ? found.group(1).strip() : "unknown";
    }

    static String commit() {
        String commit = Processes.run("git", "rev-parse", "--short", "HEAD").strip();
        return Processes.run("git", "status", "--porcelain", "--untracked-files=no", "src/main")
                        .isBlank()
                ? commit
                : commit + " with changes";
    }
}
