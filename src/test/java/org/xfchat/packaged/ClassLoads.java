package org.xfchat.packaged;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** What a process loaded, from a flight recording of its class loads. */
final class ClassLoads {
    /** Of the JDK: what of it can be loaded by name is the image builder's to know. */
    private static final Pattern PLATFORM =
            Pattern.compile("(java|javax|jdk|sun|com\\.sun)\\..*|.*\\$\\$Lambda.*|.*\\.\\$Proxy\\d+");

    /**
     * A class that was loaded because a method asked for it, or for a subtype of it, by name.
     *
     * @param caller the method's full name
     */
    record ByName(String type, String caller) {}

    private ClassLoads() {}

    static Set<String> types(Path recording) throws IOException {
        Set<String> types = new HashSet<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
            types.add(event.getClass("loadedClass").getName());
        }
        return types;
    }

    /** Without what the platform loads or has. */
    static Set<ByName> byName(Path recording) throws IOException {
        Set<ByName> loads = new HashSet<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
            String type = event.getClass("loadedClass").getName();
            String caller = event.getStackTrace() == null
                    ? ""
                    : caller(event.getStackTrace().getFrames());
            if (!caller.isEmpty()
                    && !PLATFORM.matcher(type).matches()
                    && !PLATFORM.matcher(caller).matches()) {
                loads.add(new ByName(type, caller));
            }
        }
        return loads;
    }

    /** Who called {@code Class.forName}; empty where nobody did, and in static initialisers, which run while the image is built. */
    private static String caller(List<RecordedFrame> frames) {
        if (frames.stream().anyMatch(frame -> frame.getMethod().getName().equals("<clinit>"))) {
            return "";
        }
        boolean byName = false;
        for (RecordedFrame frame : frames) {
            RecordedMethod method = frame.getMethod();
            String name = method.getType().getName() + "." + method.getName();
            if (name.startsWith("java.lang.Class.forName")) {
                byName = true;
            } else if (byName) {
                return name;
            } else if (!name.startsWith("java.")
                    && !name.startsWith("jdk.internal.")
                    && !name.startsWith("io.quarkus.bootstrap.runner.")) {
                return "";
            }
        }
        return "";
    }
}
