package org.xfchat.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import org.flywaydb.core.Flyway;

/** What can go wrong, or is done to a system that is in use. */
enum Fault {
    REPLICA_KILLED {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            Replica killed = cluster.any(random);
            killed.service().kill();
            return () -> killed.start(cluster.database());
        }
    },
    REPLICA_FROZEN {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            Replica frozen = cluster.any(random);
            frozen.service().freeze();
            return frozen.service()::thaw;
        }
    },
    ROLLING_RESTART {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            for (Replica replica : cluster.replicas()) {
                int code = replica.service().stop();
                if (code != 0 && code != SIGTERM) {
                    throw new AssertionError(replica + " ended with " + code);
                }
                replica.start(cluster.database());
            }
            return () -> {};
        }
    },
    SERVER_KILLED {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            cluster.server().kill();
            return cluster.server()::startAgain;
        }
    },
    SERVER_STOPPED {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            cluster.server().stop();
            return cluster.server()::startAgain;
        }
    },
    SERVER_FROZEN {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            cluster.server().freeze();
            return cluster.server()::thaw;
        }
    },
    /** Between the replicas and PostgreSQL, after any byte. */
    DATABASE_CONNECTIONS_CUT {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            cluster.replicas().forEach(replica -> replica.database().cutAfter(bytes(random, 60_000)));
            return () ->
                    cluster.replicas().forEach(replica -> replica.database().cutAfter(null));
        }
    },
    /** It is committed, and the connection is lost before the replica hears it. */
    COMMIT_ANSWERS_LOST {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            cluster.replicas().forEach(replica -> replica.database().loseCommits(2 + random.nextInt(6)));
            return () ->
                    cluster.replicas().forEach(replica -> replica.database().loseCommits(0));
        }
    },
    DATABASE_SLOW {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            cluster.replicas().forEach(replica -> replica.database().delay(Duration.ofMillis(10 + random.nextInt(60))));
            return () ->
                    cluster.replicas().forEach(replica -> replica.database().delay(Duration.ZERO));
        }
    },
    /** The network between one replica and PostgreSQL swallows everything. */
    DATABASE_SILENT {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            Replica alone = cluster.any(random);
            alone.database().stall();
            return alone.database()::flow;
        }
    },
    /** Between clients and replicas, after any byte: of requests, answers and streams. */
    CLIENT_CONNECTIONS_CUT {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            cluster.replicas().forEach(replica -> replica.clients().cutAfter(bytes(random, 5_000)));
            return () -> cluster.replicas().forEach(replica -> replica.clients().cutAfter(null));
        }
    },
    SLOW_READERS {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            return BadClients.slowReaders(cluster, scene, random)::close;
        }
    },
    HALF_OPEN_CLIENTS {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            return BadClients.halfOpen(cluster, scene, random)::close;
        }
    },
    LISTENERS_TERMINATED {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            terminate(cluster, " and application_name = 'xfchat-listener'");
            return () -> terminate(cluster, " and application_name = 'xfchat-listener'");
        }
    },
    BACKENDS_TERMINATED {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            terminate(cluster, "");
            return () -> terminate(cluster, " and random() < 0.5");
        }
    },
    /** Workers and lanes wait for somebody who holds rows. */
    POOL_EXHAUSTED {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            return Exhaustion.ofPools(cluster, scene, random)::close;
        }
    },
    /** Others have taken every connection that PostgreSQL gives. */
    CONNECTIONS_USED_UP {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            return Exhaustion.ofConnections(cluster)::close;
        }
    },
    DISK_FULL {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            cluster.disk().fill();
            await("PostgreSQL notices").atMost(Duration.ofSeconds(60)).until(cluster::isFull);
            return () -> {
                cluster.disk().free();
                cluster.awaitServer();
            };
        }

        @Override
        String missing(Cluster cluster) {
            return cluster.disk().missing();
        }
    },
    /** The command of the same version: nothing to do. */
    MIGRATED {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            int code = cluster.run("migrate");
            if (code != 0) {
                throw new AssertionError("migrate ended with " + code);
            }
            return () -> {};
        }
    },
    /** To the schema of a later version, which this one has to serve. */
    MIGRATED_TO_A_LATER_SCHEMA {
        @Override
        Heal inject(Cluster cluster, Scene scene, Random random) {
            Flyway.configure()
                    .dataSource(
                            "jdbc:postgresql://127.0.0.1:" + cluster.server().port() + "/" + cluster.database(),
                            "postgres",
                            "postgres")
                    .locations("classpath:db/migration", "filesystem:src/test/resources/db/next")
                    .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
                    .load()
                    .migrate();
            return () -> {};
        }
    };

    /** How to end it. */
    interface Heal {
        void now();
    }

    /** What a JVM answers that was asked to end. */
    private static final int SIGTERM = 143;

    abstract Heal inject(Cluster cluster, Scene scene, Random random);

    /** Whether it cuts connections, now and then. */
    boolean cuts() {
        return this == DATABASE_CONNECTIONS_CUT || this == COMMIT_ANSWERS_LOST || this == CLIENT_CONNECTIONS_CUT;
    }

    /** Why it cannot be had here; empty where it can. */
    String missing(Cluster cluster) {
        return "";
    }

    private static LongSupplier bytes(Random random, int most) {
        Random own = new Random(random.nextLong());
        return () -> {
            synchronized (own) {
                // As many short ones as long ones.
                return 1L + own.nextInt(1 + own.nextInt(most));
            }
        };
    }

    private static void terminate(Cluster cluster, String which) {
        cluster.server()
                .ask(
                        cluster.database(),
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                                + " and pid <> pg_backend_pid()" + which);
    }
}
