package org.xfchat.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Services that are not what this build has packaged, for what is measured beside it. */
public final class Variants {
    private Variants() {}

    /** Starts the package with the classes of a folder in place of its own of the same names, and does not wait. */
    public static Service withClasses(Path classes, List<String> options, Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of(Service.java()));
        command.addAll(options);
        command.addAll(ClassArchive.classPath(classes));
        command.add(Service.MAIN);
        return Service.run(command, environment);
    }

    /** Starts another build's package, from its folder {@code quarkus-app}, and does not wait. */
    public static Service of(Path application, List<String> options, Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of(Service.java()));
        command.addAll(options);
        command.addAll(List.of(
                "-jar", application.toAbsolutePath().resolve("quarkus-run.jar").toString()));
        return Service.run(command, environment);
    }
}
