package org.xfchat.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A kustomization or a component: the fields that are used here, under kustomize's own names. */
record Kustomization(
        String apiVersion,
        String kind,
        @Nullable String namespace,
        @Nullable List<String> resources,
        @Nullable List<String> components,
        @Nullable List<Image> images,
        @Nullable List<Replicas> replicas,
        @Nullable List<Labels> labels,
        List<ConfigMapGenerator> configMapGenerator,
        List<Patch> patches) {
    Kustomization {
        configMapGenerator = configMapGenerator == null ? List.of() : configMapGenerator;
        patches = patches == null ? List.of() : patches;
    }

    record Image(
            String name,
            @Nullable String newName,
            @Nullable String newTag,
            @Nullable String digest) {}

    record Replicas(String name, int count) {}

    record Labels(Map<String, String> pairs, boolean includeTemplates) {}

    record ConfigMapGenerator(String name, @Nullable String behavior, List<String> literals, List<String> files) {
        ConfigMapGenerator {
            literals = literals == null ? List.of() : literals;
            files = files == null ? List.of() : files;
        }
    }

    record Patch(@Nullable Target target, String patch) {
        record Target(String kind, String name) {}
    }

    /** One step of a patch (RFC 6902). */
    record Operation(String op, String path, @Nullable JsonNode value) {}

    /** The patches as they are: lists of steps become {@link Operation}s, parts of objects those objects. */
    List<Object> parsedPatches() {
        return patches.stream()
                .flatMap(patch -> StrictYaml.parse(patch.patch()).stream())
                .map(Kustomization::parsed)
                .toList();
    }

    /** A list of steps is read step by step. */
    private static Object parsed(JsonNode patch) {
        return patch.has("op") ? StrictYaml.typed(patch, Operation.class) : Manifests.typed(patch);
    }
}
