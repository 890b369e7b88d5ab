package org.xfchat.database;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A connection URI as libpq reads it (PostgreSQL manual, section 34.1.1.2), or pgjdbc's form of it.
 *
 * @param hosts at least one {@code host:port}, an IPv6 address in brackets
 * @param password null where the server asks for none
 * @param properties pgjdbc's connection properties
 */
public record DatabaseUrl(
        List<String> hosts,
        String database,
        String user,
        @Nullable String password,
        Map<String, String> properties) {
    /** What an operator is told to write. */
    public static final String FORM =
            "postgresql://user:password@host:5432/database?sslmode=require (percent-encode special characters)";

    private static final Pattern URI =
            Pattern.compile("(?:jdbc:)?(?<scheme>[a-z][a-z0-9+.-]*)://(?:(?<userinfo>[^@/?]*)@)?"
                    + "(?<hosts>[^/?@]*)(?:/(?<database>[^?]*))?(?:\\?(?<query>.*))?");
    private static final Pattern HOST =
            Pattern.compile("(?<name>\\[[0-9A-Fa-f:.%a-z]+]|[^:\\[\\]]+)(?::(?<port>\\d{1,5}))?");

    private static final Set<String> SSL_MODES =
            Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    private static final String VERIFYING = "verify-full";

    /** Options of which the driver says too late what they may be. */
    private static final Map<String, Set<String>> VALUES = Map.of(
            "gssEncMode", Set.of("disable", "allow", "prefer", "require"),
            "channelBinding", Set.of("disable", "prefer", "require"));

    /** Only targets that can be written to: a standby cannot run the service. */
    private static final Map<String, String> TARGETS =
            Map.of("any", "any", "read-write", "primary", "primary", "primary");

    /** libpq's options and their pgjdbc names; values that need a check are handled apart. */
    private static final Map<String, String> OPTIONS = Map.of(
            "sslrootcert", "sslrootcert",
            "sslcert", "sslcert",
            "sslkey", "sslkey",
            "application_name", "ApplicationName",
            "options", "options",
            "gssencmode", "gssEncMode",
            "channel_binding", "channelBinding");

    /** The URI is not usable; the message says which part, and never quotes a password. */
    public static class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * Reads a URI.
     *
     * @throws MalformedException with what is wrong, in one sentence
     */
    public static DatabaseUrl parse(String text) throws MalformedException {
        Matcher uri = URI.matcher(text.strip());
        if (!uri.matches()) {
            throw new MalformedException("it is not a connection URI");
        }
        boolean jdbc = text.strip().startsWith("jdbc:");
        String scheme = uri.group("scheme");
        if (!scheme.equals("postgresql") && !(scheme.equals("postgres") && !jdbc)) {
            throw new MalformedException("its scheme is " + scheme + ", only PostgreSQL is supported");
        }
        Map<String, String> query = query(uri.group("query"));
        String[] userinfo = userinfo(uri.group("userinfo"));
        String user = userinfo[0].isEmpty() ? query.getOrDefault("user", "") : userinfo[0];
        String password = userinfo.length > 1 ? userinfo[1] : query.get("password");
        query.keySet().removeAll(Set.of("user", "password"));
        if (user.isEmpty()) {
            throw new MalformedException("the user is missing");
        }
        String database = uri.group("database") == null ? "" : decoded(uri.group("database"));
        if (database.isEmpty()) {
            throw new MalformedException("the database name is missing");
        }
        List<String> hosts = hosts(uri.group("hosts"));
        return new DatabaseUrl(hosts, database, user, password, properties(query, hosts.size(), jdbc));
    }

    private static String[] userinfo(@Nullable String userinfo) throws MalformedException {
        if (userinfo == null) {
            return new String[] {""};
        }
        int colon = userinfo.indexOf(':');
        return colon < 0
                ? new String[] {decoded(userinfo)}
                : new String[] {decoded(userinfo.substring(0, colon)), decoded(userinfo.substring(colon + 1))};
    }

    private static List<String> hosts(String list) throws MalformedException {
        List<String> hosts = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            Matcher host = HOST.matcher(decoded(part));
            if (!host.matches() || host.group("name").startsWith("/")) {
                throw new MalformedException("a host is missing or malformed (Unix sockets are not supported)");
            }
            String port = host.group("port") == null ? "5432" : host.group("port");
            if (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
                throw new MalformedException("port " + port + " does not exist");
            }
            hosts.add(host.group("name") + ":" + port);
        }
        return List.copyOf(hosts);
    }

    private static Map<String, String> query(@Nullable String query) throws MalformedException {
        Map<String, String> options = new LinkedHashMap<>();
        if (query == null || query.isEmpty()) {
            return options;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new MalformedException("an option is not of the form name=value");
            }
            options.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
        }
        return options;
    }

    private static Map<String, String> properties(Map<String, String> query, int hosts, boolean jdbc)
            throws MalformedException {
        Map<String, String> properties = new LinkedHashMap<>();
        if (hosts > 1) {
            // A failover must never leave the service on a standby.
            properties.put("targetServerType", "primary");
        }
        for (Map.Entry<String, String> option : query.entrySet()) {
            String name = option.getKey();
            String value = option.getValue();
            switch (name) {
                case "sslmode" -> properties.put("sslmode", oneOf(name, value, SSL_MODES));
                case "target_session_attrs", "targetServerType" -> {
                    oneOf(name, value, TARGETS.keySet());
                    properties.put("targetServerType", TARGETS.getOrDefault(value, value));
                }
                case "connect_timeout", "connectTimeout" -> {
                    if (!value.matches("[1-9]\\d{0,2}")) {
                        throw new MalformedException(name + " must be 1 to 999 seconds");
                    }
                    properties.put("connectTimeout", value);
                }
                default -> {
                    String property = OPTIONS.get(name);
                    if (property == null && !(jdbc && OPTIONS.containsValue(name))) {
                        throw new MalformedException("option " + printable(name) + " is not supported; supported are "
                                + OPTIONS.keySet().stream().sorted().collect(Collectors.joining(", "))
                                + ", connect_timeout, sslmode, target_session_attrs");
                    }
                    String known = property == null ? name : property;
                    Set<String> accepted = VALUES.get(known);
                    properties.put(known, accepted == null ? value : oneOf(name, value, accepted));
                }
            }
        }
        if (TlsSocketFactory.SYSTEM.equals(properties.get("sslrootcert"))
                && !VERIFYING.equals(properties.computeIfAbsent("sslmode", absent -> VERIFYING))) {
            throw new MalformedException("sslrootcert=system needs sslmode=" + VERIFYING
                    + ": anybody can get a certificate from one of those authorities");
        }
        properties.put("sslfactory", TlsSocketFactory.class.getName());
        return properties;
    }

    private static String oneOf(String name, String value, Set<String> accepted) throws MalformedException {
        if (!accepted.contains(value)) {
            throw new MalformedException(
                    name + " must be one of " + accepted.stream().sorted().collect(Collectors.joining(", ")));
        }
        return value;
    }

    private static String printable(String name) {
        return name.matches("\\w{1,40}") ? name : "with an unprintable name";
    }

    private static String decoded(String part) throws MalformedException {
        try {
            // Unlike in a form, a plus sign stands for itself.
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new MalformedException("a percent sign is not followed by two hexadecimal digits");
        }
    }

    /**
     * The URL for pgjdbc, without user and password.
     *
     * @param more connection properties that the URI's own override; {@code options} are put before the URI's
     */
    public String jdbc(Map<String, String> more) {
        return jdbc(more, "");
    }

    /**
     * The same.
     *
     * @param last put behind all other {@code options}, so that it counts; empty for none
     */
    String jdbc(Map<String, String> more, String last) {
        Map<String, String> all = new LinkedHashMap<>(more);
        properties.forEach((name, value) ->
                all.merge(name, value, (ours, theirs) -> name.equals("options") ? ours + " " + theirs : theirs));
        if (!last.isEmpty()) {
            all.merge("options", last, (others, ours) -> others + " " + ours);
        }
        return "jdbc:postgresql://" + String.join(",", hosts) + "/" + encoded(database)
                + all.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Where it leads, fit for a log: hosts and database, no user, no password. */
    public String target() {
        return String.join(",", hosts) + "/" + database;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "DatabaseUrl[" + target().toLowerCase(Locale.ROOT) + "]";
    }
}
