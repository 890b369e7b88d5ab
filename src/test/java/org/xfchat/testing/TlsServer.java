package org.xfchat.testing;

import java.nio.file.Path;
import java.util.Map;

/** A PostgreSQL server that takes encrypted connections only, and knows users by their certificates. */
public final class TlsServer implements AutoCloseable {
    private final OwnServer server;
    private final Certificates certificates;

    private TlsServer(OwnServer server, Certificates certificates) {
        this.server = server;
        this.certificates = certificates;
    }

    /**
     * Starts one with the users {@code rsa}, {@code ec} and {@code ed}, whose certificates and keys are in this folder under their
     * names; the server's own is for 127.0.0.1, and not for localhost.
     */
    public static TlsServer start(Path folder) {
        Certificates certificates = new Certificates(folder);
        certificates.sign("server", "RSA", "san=ip:127.0.0.1");
        OwnServer server = OwnServer.start(Map.of(
                "ssl", "on",
                "ssl_ca_file", certificates.file("authority.crt").toString(),
                "ssl_cert_file", certificates.file("server.crt").toString(),
                "ssl_key_file", certificates.file("server.key").toString()));
        Map.of("rsa", "RSA", "ec", "EC", "ed", "Ed25519").forEach((user, algorithm) -> {
            certificates.sign(user, algorithm);
            server.execute("postgres", "create role " + user + " login superuser");
        });
        server.admit("host all postgres all trust", "hostssl all all all cert");
        return new TlsServer(server, certificates);
    }

    public OwnServer server() {
        return server;
    }

    public Certificates certificates() {
        return certificates;
    }

    /**
     * A URL of the database {@code postgres} that verifies the server.
     *
     * @param key the file with the key of that user's certificate
     */
    public String url(String user, Path key) {
        return "postgresql://" + user + "@127.0.0.1:" + server.port() + "/postgres?sslmode=verify-full&sslrootcert="
                + certificates.file("authority.crt") + "&sslcert=" + certificates.file(user + ".crt") + "&sslkey="
                + key;
    }

    @Override
    public void close() {
        server.close();
    }
}
