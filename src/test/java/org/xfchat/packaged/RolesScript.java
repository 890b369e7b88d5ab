package org.xfchat.packaged;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xfchat.testing.OwnServer;

/** {@code deploy/sql/roles.sql}, run as an operator runs it, and the two roles that it makes. */
final class RolesScript {
    static final String OWNER = "xfchat_owner";
    static final String APP = "xfchat_app";

    /** With what SQL and psql could stumble over. */
    static final String PASSWORD = "p'w\\:x\"$$";

    private static final String ENCODED = "p%27w%5C%3Ax%22%24%24";

    private static final Path SCRIPT = Path.of("deploy", "sql", "roles.sql").toAbsolutePath();
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
    private static final int OLDEST = 14;

    private RolesScript() {}

    /** What it needs and this machine has not; empty where it has all. */
    static String missing() {
        for (Path psql : BackupScripts.find("psql", "15")) {
            Matcher version = VERSION.matcher(
                    BackupScripts.await(BackupScripts.start(Map.of(), List.of(psql.toString(), "--version")))
                            .output());
            if (version.find() && Integer.parseInt(version.group(1)) >= OLDEST) {
                return "";
            }
        }
        return "needs psql " + OLDEST + " or newer: install PostgreSQL's client programs";
    }

    /** Lets the two roles in with their passwords only, and everybody else as before. */
    static void admit(OwnServer server) {
        server.admit(
                "host all " + OWNER + " all scram-sha-256",
                "host all " + APP + " all scram-sha-256",
                "host all all all trust");
    }

    /** Runs it for this database, as a superuser, with these variables. */
    static BackupScripts.Run run(OwnServer server, String database, String... variables) {
        return runAs("postgres", server, database, variables);
    }

    /** The same as another user. */
    static BackupScripts.Run runAs(String user, OwnServer server, String database, String... variables) {
        List<String> command =
                new ArrayList<>(List.of(BackupScripts.find("psql", "15").get(0).toString(), "-X"));
        for (String variable : variables) {
            command.addAll(List.of("--set", variable));
        }
        command.addAll(List.of("--file", SCRIPT.toString()));
        Map<String, String> environment = Map.of(
                "PGHOST",
                "127.0.0.1",
                "PGPORT",
                String.valueOf(server.port()),
                "PGUSER",
                user,
                "PGPASSWORD",
                PASSWORD,
                "PGDATABASE",
                database,
                "XFCHAT_OWNER_PASSWORD",
                user.equals("postgres") ? PASSWORD : "",
                "XFCHAT_APP_PASSWORD",
                user.equals("postgres") ? PASSWORD : "");
        return BackupScripts.await(BackupScripts.start(environment, command));
    }

    /** The URL of the role that owns a database. */
    static String owner(OwnServer server, String database) {
        return server.url(database, OWNER, ENCODED);
    }

    /** The URL of the role that serves. */
    static String app(OwnServer server, String database) {
        return server.url(database, APP, ENCODED);
    }
}
