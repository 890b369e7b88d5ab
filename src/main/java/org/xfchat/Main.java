package org.xfchat;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.inject.Inject;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.xfchat.database.StartUp;
import org.xfchat.database.StartUpFailure;

/** {@code serve} (the default), {@code migrate}, {@code --help}. */
@QuarkusMain
public class Main {
    /** Set for commands that do not serve. */
    static final String COMMAND = "xfchat.command";

    private static final int USAGE_ERROR = 2;
    private static final int FAILED = 1;

    private static final String HELP = """
            usage: xfchat [serve | migrate | --help]

              serve    (default) check the database, migrate it where MIGRATE_AT_START is true, and serve
              migrate  check the database, bring its schema up to date, and exit

            Settings are environment variables; DATABASE_URL and JWT_SECRET are required.
            exit status: 0 done, 1 failed (one line on standard error says why), 2 unknown command
            """;

    public static void main(String[] args) {
        // Until Quarkus configures logging, what is logged would end up beside the one line of a failed start.
        Logger.getLogger("").setLevel(Level.WARNING);
        String command = args.length == 0 ? "serve" : args[0];
        switch (command) {
            case "serve" -> {
                startEmbeddedDatabase();
                refuseWrongSettings();
                Quarkus.run(null, Main::exit, args);
            }
            case "migrate" -> {
                System.setProperty(COMMAND, command);
                System.setProperty("quarkus.http.host-enabled", "false");
                refuseWrongSettings();
                Quarkus.run(Migrate.class, Main::exit, args);
            }
            case "--help", "-h", "help" -> print(System.out, HELP);
            default -> {
                print(System.err, "unknown command; " + HELP);
                System.exit(USAGE_ERROR);
            }
        }
    }

    /** {@code migrate}: everything happens in the start sequence. */
    public static class Migrate implements QuarkusApplication {
        private final StartUp startUp;

        @Inject
        public Migrate(StartUp startUp) {
            this.startUp = startUp;
        }

        @Override
        public int run(String... args) {
            startUp.migrate();
            return 0;
        }
    }

    /** Where it is on the class path, which is dev: what is packaged contains none (and main cannot ask for the mode yet). */
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
        Settings.problem(ConfigProvider.getConfig()).ifPresent(problem -> {
            print(System.err, "[STARTUP] failed: " + problem);
            System.exit(FAILED);
        });
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
        String setting = Settings.problem(ConfigProvider.getConfig()).orElse(null);
        if (setting != null) {
            return setting;
        }
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartUpFailure failure) {
                return String.valueOf(failure.getMessage());
            }
            if (cause instanceof java.net.BindException
                    || cause.getClass().getSimpleName().contains("PortAlready")
                    || cause.getClass().getSimpleName().contains("BindException")) {
                return "SERVER_PORT is in use by another process: " + cause.getMessage();
            }
        }
        thrown.printStackTrace(System.err);
        return String.valueOf(thrown.getMessage());
    }

    private static void print(PrintStream out, String text) {
        out.println(text.strip());
    }
}
