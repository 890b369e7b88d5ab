package org.xfchat;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.ConfigValidationException;
import jakarta.inject.Inject;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.StartUpFailure;
import org.xfchat.rollback.RollbackCommands;
import org.xfchat.upgrade.Upgrade;

/** {@code serve} (the default), the commands beside it, {@code --version}, {@code --help}. */
@QuarkusMain
public class Main {
    /** Set for commands that do not serve. */
    static final String COMMAND = "xfchat.command";

    private static final int USAGE_ERROR = 2;
    private static final int FAILED = 1;

    private static final int VIOLATED = 3;

    private static final String HELP = """
            usage: xfchat [serve | migrate | check | rollback | drop-legacy] [options]

              serve        (default) check the database, migrate it where MIGRATE_AT_START is true, and serve;
                           never converts a database of the old XFChat
              migrate      bring the schema up to date, or convert a database of the old XFChat, print the report, and exit
                --dry-run  do everything, print everything, keep nothing
                --force    also beside other sessions, and where the disk seems too small
              check        verify the stored data and the schema, and print a table
              rollback     undo the conversion: the old tables as they were, with what was written since
                --dry-run  do everything, print everything, keep nothing
                --force    also beside other sessions
              drop-legacy  drop the old tables, at the earliest 30 days after the conversion; no rollback any more
                --force    at once
              --version    print the version
              --help       print this

            Settings are environment variables; DATABASE_URL and JWT_SECRET are required.
            exit status: 0 done, 1 failed or refused (one line on standard error says why, nothing was changed),
                         2 unknown command or option, 3 check found violations
            """;

    private static final Map<String, Set<String>> OPTIONS = Map.of(
            "serve", Set.of(),
            "migrate", Set.of("--dry-run", "--force"),
            "check", Set.of(),
            "rollback", Set.of("--dry-run", "--force"),
            "drop-legacy", Set.of("--force"));

    public static void main(String[] args) {
        // What the process was given must not change what is stored, sent or compared: numbers in other digits, times
        // of another
        // zone, a zone that PostgreSQL does not know.
        Locale.setDefault(Locale.ROOT);
        TimeZone.setDefault(TimeZone.getTimeZone(ZoneOffset.UTC));
        // Until Quarkus configures logging, what is logged would end up beside the one line of a failed start.
        Logger.getLogger("").setLevel(Level.WARNING);
        String command = args.length == 0 ? "serve" : args[0];
        List<String> options = List.of(args).subList(Math.min(1, args.length), args.length);
        if (Set.of("--help", "-h", "help").contains(command) || options.contains("--help") || options.contains("-h")) {
            print(System.out, HELP);
        } else if (Set.of("--version", "-V", "version").contains(command)) {
            print(System.out, "xfchat " + BuildInfo.version());
        } else if (!OPTIONS.containsKey(command)
                || !OPTIONS.getOrDefault(command, Set.of()).containsAll(options)) {
            print(System.err, "unknown command or option; " + HELP);
            System.exit(USAGE_ERROR);
        } else if (command.equals("serve")) {
            refuseMalformedFile();
            startEmbeddedDatabase();
            refuseWrongSettings();
            ManagementPort.choose(Environment.ofProcess()).ifPresent(Main::refuse);
            switchOn();
            Quarkus.run(null, Main::exit, args);
        } else {
            System.setProperty(COMMAND, command);
            System.setProperty("quarkus.http.host-enabled", "false");
            System.setProperty("quarkus.management.host-enabled", "false");
            // Some must be alone with the database; the pool's own first connection would be somebody else.
            System.setProperty("quarkus.datasource.jdbc.initial-size", "0");
            refuseMalformedFile();
            refuseWrongSettings();
            switchOn();
            Quarkus.run(Command.class, Main::exit, args);
        }
    }

    /** Every command but {@code serve}. */
    public static class Command implements QuarkusApplication {
        private final Upgrade upgrade;
        private final RollbackCommands rollbacks;

        @Inject
        public Command(Upgrade upgrade, RollbackCommands rollbacks) {
            this.upgrade = upgrade;
            this.rollbacks = rollbacks;
        }

        @Override
        public int run(String... args) {
            List<String> options = List.of(args);
            boolean dryRun = options.contains("--dry-run");
            boolean force = options.contains("--force");
            Consumer<String> say = Main::say;
            switch (args[0]) {
                case "migrate" -> upgrade.migrate(dryRun, force, say);
                case "check" -> {
                    return upgrade.check(say) ? 0 : VIOLATED;
                }
                case "rollback" -> rollbacks.rollback(dryRun, force, say);
                default -> rollbacks.dropLegacy(force, say);
            }
            return 0;
        }
    }

    /** Where its server is on the class path, which is dev: what is packaged has none (and main cannot ask for the mode yet). */
    private static void startEmbeddedDatabase() {
        try {
            Class.forName(Main.class.getPackageName() + ".EmbeddedDatabase")
                    .getDeclaredMethod("startUnlessConfigured")
                    .invoke(null);
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof NoClassDefFoundError) {
                return;
            }
            throw new IllegalStateException("the embedded PostgreSQL did not start", failed.getCause());
        } catch (ReflectiveOperationException packaged) {
            return;
        }
    }

    /** Before anything is converted from them: Quarkus would fail on them with its own words. */
    private static void refuseWrongSettings() {
        Settings.problem(Environment.ofProcess()::value).ifPresent(Main::refuse);
    }

    /** Before anybody else reads it. */
    private static void refuseMalformedFile() {
        try {
            Environment.ofProcess();
        } catch (Environment.MalformedException malformed) {
            refuse(String.valueOf(malformed.getMessage()));
        }
    }

    private static void refuse(String problem) {
        print(System.err, "[STARTUP] failed: " + problem);
        System.exit(FAILED);
    }

    /** What is on or off by a setting that is not itself on or off. */
    private static void switchOn() {
        Environment environment = Environment.ofProcess();
        if (Settings.LOG_FORMAT.value(environment::value).filter("json"::equals).isPresent()) {
            System.setProperty("quarkus.log.console.json.enabled", "true");
        }
        if (Settings.LOG_SQL.value(environment::value).filter("true"::equals).isPresent()) {
            // As lines of the log: Hibernate's own way (quarkus.hibernate-orm.log.sql) writes past it, in colours.
            System.setProperty("quarkus.log.category.\"org.hibernate.SQL\".level", "DEBUG");
        }
        if (Settings.OTEL_EXPORTER_OTLP_ENDPOINT.value(environment::value).isPresent()) {
            System.setProperty("quarkus.otel.sdk.disabled", "false");
            System.setProperty("quarkus.otel.instrument.vertx-http", "true");
            System.setProperty("quarkus.datasource.jdbc.telemetry.enabled", "true");
        }
    }

    private static void exit(int code, @Nullable Throwable thrown) {
        if (thrown != null) {
            print(System.err, "[STARTUP] failed: " + reason(thrown));
        }
        if (LaunchMode.current() != LaunchMode.DEVELOPMENT) {
            System.exit(thrown == null ? code : FAILED);
        }
    }

    /** One line for every known cause; what is unknown also leaves its trace. */
    private static String reason(Throwable thrown) {
        String setting = Settings.problem(Environment.ofProcess()::value).orElse(null);
        if (setting != null) {
            return setting;
        }
        String port = Settings.SERVER_PORT.name();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartUpFailure failure) {
                return String.valueOf(failure.getMessage());
            }
            if (cause instanceof ConfigValidationException invalid) {
                return "a setting is wrong: " + invalid.getProblem(0).getMessage();
            }
            if (cause instanceof IllegalStateException && "Shutdown in progress".equals(cause.getMessage())) {
                return "it was stopped while it was starting";
            }
            if (String.valueOf(cause.getMessage()).startsWith("Unable to start the management interface")) {
                port = Settings.MANAGEMENT_PORT.name();
            }
            if (cause instanceof java.net.BindException
                    || cause.getClass().getSimpleName().contains("PortAlready")
                    || cause.getClass().getSimpleName().contains("BindException")) {
                return notBound(port, String.valueOf(cause.getMessage()));
            }
        }
        thrown.printStackTrace(System.err);
        return String.valueOf(thrown.getMessage());
    }

    private static String notBound(String port, String message) {
        if (message.contains("Cannot assign")) {
            String host =
                    port.equals(Settings.MANAGEMENT_PORT.name()) ? "QUARKUS_MANAGEMENT_HOST" : "QUARKUS_HTTP_HOST";
            return host + " is not an address of this machine: " + message;
        }
        return port
                + (message.contains("Permission denied")
                        ? " may not be opened by this user; choose a port above 1023: "
                        : " is in use by another process: ")
                + message;
    }

    private static void say(String line) {
        print(System.out, line);
    }

    private static void print(PrintStream out, String text) {
        byte[] line = (text.stripTrailing() + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
        out.write(line, 0, line.length);
        out.flush();
    }
}
