package org.xfchat.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongFunction;
import org.xfchat.bench.HttpConnection.Request;
import org.xfchat.testing.OwnServer;
import org.xfchat.testing.Service;
import org.xfchat.testing.Variants;

/** PostgreSQL as it loses nothing, a database with the usual users and conversations, replicas of the packaged service, and load. */
final class Rig implements AutoCloseable {
    /** As a small server would have it; the same for the service and for what it is compared with. */
    private static final Map<String, String> SERVER =
            Map.of("max_connections", "400", "shared_buffers", "512MB", "max_wal_size", "8GB");

    static final String JAVA_OPTIONS = System.getProperty("bench.java-options", "-Xmx1g");

    private static final String CONTENT =
            "Shall we meet at eight, in front of the old cinema? I have the tickets, bring an umbrella.";

    private final OwnServer server = OwnServer.start(SERVER);
    private final LoadClient client = new LoadClient();
    private final List<Service> services = new ArrayList<>();
    private String database = "";

    Rig() {
        renew();
    }

    /** Stops the replicas and goes on with another database. */
    void renew() {
        stop();
        database = server.migratedDatabase();
        Dataset.make(server, database);
    }

    /** Starts so many replicas on the database, in place of those that run. */
    Rig serve(int replicas) {
        return serve(replicas, Map.of());
    }

    /** The same with further settings. */
    Rig serve(int replicas, Map<String, String> settings) {
        return serve(replicas, settings, JAVA_OPTIONS);
    }

    /** One replica whose memory can be asked for. */
    Rig serveTracked() {
        return serve(1, Map.of(), JAVA_OPTIONS + (Service.isNative() ? "" : " -XX:NativeMemoryTracking=summary"));
    }

    /** This package, and another one, on the same database. */
    Rig serveBeside(Path other) {
        serve(1);
        Service beside = Variants.of(other, List.of(JAVA_OPTIONS.split(" ", -1)), settings());
        services.add(beside);
        beside.awaitReady();
        return this;
    }

    private Map<String, String> settings() {
        // What one user may do in a second is not what is measured here: Service turns the limits off.
        return Service.settings(server.url(database));
    }

    private Rig serve(int replicas, Map<String, String> settings, String options) {
        stop();
        Map<String, String> all = settings();
        all.putAll(settings);
        for (int i = 0; i < replicas; i++) {
            services.add(Service.deployed(List.of(options.split(" ", -1)), all));
        }
        services.forEach(Service::awaitReady);
        return this;
    }

    private void stop() {
        services.forEach(Service::close);
        services.clear();
    }

    OwnServer server() {
        return server;
    }

    String database() {
        return database;
    }

    LoadClient client() {
        return client;
    }

    List<Integer> ports() {
        return services.stream().map(Service::port).toList();
    }

    long pid(int replica) {
        return services.get(replica).pid();
    }

    Load load(int connections, LongFunction<Request> requests) {
        return load(ports(), connections, requests);
    }

    /** On some of the replicas. */
    Load load(List<Integer> ports, int connections, LongFunction<Request> requests) {
        return new Load(
                client, () -> costs(services.stream().map(Service::pid).toList()), ports, connections, requests);
    }

    /** On what is put in the place of the replicas. */
    Load load(Floor floor, int connections, LongFunction<Request> requests) {
        return new Load(client, () -> costs(List.of(floor.pid())), List.of(floor.port()), connections, requests);
    }

    private Cost costs(List<Long> pids) {
        return new Cost(
                pids.stream().mapToDouble(Processes::cpuSeconds).sum(),
                Processes.cpuSecondsOfAll(server.pid()),
                Processes.cpuSeconds(ProcessHandle.current().pid()));
    }

    /** A new message into a conversation. */
    static Request put(int conversation) {
        return put(conversation, CONTENT);
    }

    /** A new message with a text that needs no escapes. */
    static Request put(int conversation, String content) {
        return Request.put(
                "/sync/conversations/" + Dataset.conversation(conversation) + "/messages/" + UUID.randomUUID(),
                Dataset.token(conversation),
                "{\"content\":\"" + content + "\",\"message_type\":\"text\"}");
    }

    @Override
    public void close() {
        stop();
        client.close();
        server.close();
    }
}
