package org.xfchat.bench;

/** Seconds on a processor: of the service's replicas, of PostgreSQL with all of its processes, and of this process, the load. */
record Cost(double service, double postgres, double load) {
    static final Cost NONE = new Cost(0, 0, 0);

    Cost minus(Cost before) {
        return new Cost(service - before.service, postgres - before.postgres, load - before.load);
    }

    /** A thousandth part of what so many cost together, a thousand times. */
    Cost perThousand(double count) {
        return new Cost(service * 1_000 / count, postgres * 1_000 / count, load * 1_000 / count);
    }
}
