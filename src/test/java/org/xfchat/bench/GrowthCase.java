package org.xfchat.bench;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How the work per message grows with the number of replicas, counted by PostgreSQL: this says what more machines would have to do,
 * which times on one machine do not.
 */
final class GrowthCase {
    private static final int PER_SECOND = 200;
    private static final int CONNECTIONS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration MEASURED = Duration.ofSeconds(20);

    /** As long as it takes a replica to know that it is alone, and statistics to be written. */
    private static final Duration SETTLED = Duration.ofSeconds(30);

    private final Results results;

    GrowthCase(Results results) {
        this.results = results;
    }

    /** What the database has done so far. */
    private record Work(double transactions, double walBytes, long nanos) {
        static Work of(Rig rig) {
            List<String> counted = rig.server()
                    .ask(
                            rig.database(),
                            "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"
                                    + " union all select pg_current_wal_lsn() - '0/0'::pg_lsn");
            return new Work(Double.parseDouble(counted.get(0)), Double.parseDouble(counted.get(1)), System.nanoTime());
        }

        /** In a second. */
        Work since(Work before) {
            double seconds = (nanos - before.nanos) / (double) TimeUnit.SECONDS.toNanos(1);
            return new Work(
                    (transactions - before.transactions) / seconds, (walBytes - before.walBytes) / seconds, nanos);
        }
    }

    void run(Rig rig) {
        SplittableRandom random = new SplittableRandom(1);
        for (int replicas : new int[] {1, 2, 4, 8}) {
            rig.serve(replicas);
            LockSupport.parkNanos(SETTLED.toNanos());
            // A page that is changed for the first time after a checkpoint is written whole.
            rig.server().execute(rig.database(), "checkpoint");
            Work begun = Work.of(rig);
            LockSupport.parkNanos(MEASURED.toNanos());
            Work idle = Work.of(rig).since(begun);
            Load load = rig.load(CONNECTIONS, due -> Rig.put(random.nextInt(Dataset.CONVERSATIONS)));
            Work before = Work.of(rig);
            load.open(PER_SECOND, WARM_UP, MEASURED).requireAllGood();
            Work busy = Work.of(rig).since(before);
            String what = ", replicas: " + replicas;
            results.figure("transactions a second of replicas at rest" + what, idle.transactions(), "/s");
            results.figure(
                    "transactions per message" + what, (busy.transactions() - idle.transactions()) / PER_SECOND, "");
            results.figure(
                    "write-ahead log per message" + what, (busy.walBytes() - idle.walBytes()) / PER_SECOND, "bytes");
        }
    }
}
