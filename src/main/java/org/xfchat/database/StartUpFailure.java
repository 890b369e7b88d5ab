package org.xfchat.database;

import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.Objects;
import javax.net.ssl.SSLException;
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

    /**
     * Says in one line why a server cannot be used.
     *
     * @param variable the one that has the URL
     */
    static StartUpFailure connecting(String variable, String target, SQLException failed) {
        StartUpFailure failure = connecting(target, failed);
        return new StartUpFailure(String.valueOf(failure.getMessage()).replace("DATABASE_URL", variable), failed);
    }

    private static StartUpFailure connecting(String target, SQLException failed) {
        String cannot = "cannot use PostgreSQL at " + target + ": ";
        TlsSocketFactory.FileException file = cause(failed, TlsSocketFactory.FileException.class);
        if (file != null) {
            return new StartUpFailure(cannot + "DATABASE_URL, " + file.getMessage(), failed);
        }
        String state = Objects.requireNonNullElse(failed.getSQLState(), "");
        String message = Objects.requireNonNullElse(failed.getMessage(), "")
                .lines()
                .findFirst()
                .orElse("");
        String reason = switch (state) {
            case "28P01" -> "wrong user or password in DATABASE_URL";
            case "28000" -> refused(message);
            case "3D000" -> "the database does not exist";
            case "42501" -> "a privilege is missing";
            case "53300" -> "the server has no connection left";
            case "57P03" -> "the server is starting up or shutting down";
            case "25006" -> "the server is read-only";
            case "22023", "42704" -> "the server does not take the options in DATABASE_URL";
            default -> network(failed, message);
        };
        return new StartUpFailure(cannot + reason + " (" + message + ")", failed);
    }

    private static String refused(String message) {
        if (message.contains("no encryption") || message.contains("SSL off")) {
            return "the server requires TLS for this user, or has no entry for it in pg_hba.conf: add sslmode=require"
                    + " to DATABASE_URL, or let the user in";
        }
        if (message.contains("valid client certificate")) {
            return "the server asks for a client certificate: add sslcert and sslkey to DATABASE_URL";
        }
        if (message.contains("certificate authentication failed")) {
            return "the certificate in sslcert is another user's";
        }
        return "the server does not let this user in";
    }

    private static String network(SQLException failed, String message) {
        if (cause(failed, UnknownHostException.class) != null) {
            return "the host is unknown";
        }
        String tls = tls(failed, message);
        if (tls != null) {
            return tls;
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

    /** Null where it is not about TLS. */
    private static @Nullable String tls(SQLException failed, String message) {
        if (message.startsWith("The hostname ")) {
            return "the server's certificate is for another host name: name the host in DATABASE_URL as the certificate"
                    + " does, or use sslmode=verify-ca";
        }
        SSLException tls = cause(failed, SSLException.class);
        if (tls == null && !message.startsWith("SSL error")) {
            return null;
        }
        if (cause(failed, CertificateExpiredException.class) != null
                || cause(failed, CertificateNotYetValidException.class) != null) {
            return "the server's certificate has expired, or is not valid yet";
        }
        if (cause(failed, CertificateException.class) != null) {
            return "the server's certificate is not of an authority in sslrootcert";
        }
        return "the server does not take the certificate in sslcert, or has no version of TLS in common with this"
                + " client";
    }

    private static <T extends Throwable> @Nullable T cause(Throwable failed, Class<T> type) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
