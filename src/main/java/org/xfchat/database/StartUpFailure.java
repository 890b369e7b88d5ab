package org.xfchat.database;

import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ends the process; the message is the one line that the operator reads. Never contains a secret. */
public class StartUpFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StartUpFailure(String line) {
        this(line, null);
    }

    public StartUpFailure(String line, @Nullable Throwable cause) {
        super(line, cause);
    }

    /** Says in one line why a server cannot be used. */
    static StartUpFailure connecting(String target, SQLException failed) {
        String state = Objects.requireNonNullElse(failed.getSQLState(), "");
        String message = Objects.requireNonNullElse(failed.getMessage(), "")
                .lines()
                .findFirst()
                .orElse("");
        String reason = switch (state) {
            case "28P01" -> "wrong user or password in DATABASE_URL";
            case "28000" ->
                message.contains("no encryption") || message.contains("SSL off")
                        ? "the server requires TLS for this user, or has no entry for it in pg_hba.conf: add sslmode=require"
                                + " to DATABASE_URL, or let the user in"
                        : "the server does not let this user in";
            case "3D000" -> "the database does not exist";
            case "42501" -> "a privilege is missing";
            case "53300" -> "the server has no connection left";
            case "57P03" -> "the server is starting up or shutting down";
            case "25006" -> "the server is read-only";
            default -> network(failed, message);
        };
        return new StartUpFailure("cannot use PostgreSQL at " + target + ": " + reason + " (" + message + ")", failed);
    }

    private static String network(Throwable failed, String message) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "the host is unknown";
            }
        }
        if (message.contains("unsupported startup parameter")) {
            return "PgBouncer refuses the options in DATABASE_URL: set them for the role instead (alter role ... set)";
        }
        if (message.contains("does not support SSL")) {
            return "sslmode in DATABASE_URL asks for TLS, which the server does not offer";
        }
        if (message.contains("Could not find a server with specified targetServerType")) {
            return "none of the hosts is a writable PostgreSQL that answers";
        }
        if (message.contains("refused")) {
            return "the connection is refused: is it running there?";
        }
        return "it does not answer as PostgreSQL does";
    }
}
