package org.xfchat.bench;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.xfchat.log.LaneLoad;

/** The writer alone, without HTTP: as many replicas as there may be, in this process. */
final class LanesCase {
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration MEASURED = Duration.ofSeconds(10);

    private LanesCase() {}

    static void run(Results results, Rig rig) {
        List<LaneLoad.Place> places = IntStream.range(0, Dataset.CONVERSATIONS)
                .mapToObj(i -> new LaneLoad.Place(Dataset.conversation(i), Dataset.user(i)))
                .toList();
        // Compiles what the others measure.
        perSecond(rig, 1, places);
        double one = perSecond(rig, 1, places);
        results.figure("lanes without HTTP, 1 replica", one, "/s");
        results.point("replicas", "lanes without HTTP", 1, one);
        for (int replicas : new int[] {2, 4}) {
            double many = perSecond(rig, replicas, places);
            results.ratio(
                    "lanes without HTTP, " + replicas + " replicas",
                    many,
                    "/s",
                    "one replica",
                    OptionalDouble.of(one),
                    replicas == 2 ? "≥ 1.5" : "≥ 2.5");
            results.point("replicas", "lanes without HTTP", replicas, many);
        }
    }

    private static double perSecond(Rig rig, int replicas, List<LaneLoad.Place> places) {
        try (LaneLoad load = new LaneLoad(rig.server().url(rig.database()), replicas, places)) {
            return load.perSecond(WARM_UP, MEASURED);
        }
    }
}
