package org.xfchat.deploy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Where manifests are looked at: in their files, and as each overlay renders them. */
enum Source {
    FILES,
    LOCAL,
    STAGING,
    PRODUCTION;

    boolean rendered() {
        return this != FILES;
    }

    Path folder() {
        return Manifests.DEPLOY.resolve(Path.of("overlays", name().toLowerCase(Locale.ROOT)));
    }

    /** Its parts, in the order in which they are applied. */
    List<Path> parts() {
        return Stream.of("database", "migration", "")
                .map(folder()::resolve)
                .filter(Files::isDirectory)
                .toList();
    }

    List<Object> objects() {
        return rendered()
                ? parts().stream()
                        .flatMap(part -> Kustomize.render(part).stream())
                        .toList()
                : Manifests.all();
    }

    <T> List<T> of(Class<T> type) {
        return Manifests.of(type, objects());
    }
}
