package org.xfchat;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * Where {@code /q/} is: not on the port that the public reaches, however an address is written. It is chosen before Quarkus starts, which would stop
 * where another process has the port: nobody who starts a second replica on a machine has asked for this one.
 */
final class ManagementPort {
    /** The property that names the port that another process has, where any free one is taken instead. */
    static final String TAKEN = "xfchat.management-port.taken";

    private static final String PROPERTY = "quarkus.management.port";
    private static final String SERVER_PROPERTY = "quarkus.http.port";

    /** From SERVER_PORT: 9000 beside 3000. */
    private static final int DISTANCE = 6000;

    private static final int MAX_PORT = 65_535;

    private ManagementPort() {}

    /**
     * Decides, unless it is decided already.
     *
     * @return what is wrong with the port that was asked for; empty where nothing is
     */
    static Optional<String> choose(Environment environment) {
        if (System.getProperty(PROPERTY) != null
                || environment.value("QUARKUS_MANAGEMENT_PORT").isPresent()) {
            return Optional.empty();
        }
        Optional<String> asked = Settings.MANAGEMENT_PORT.value(environment::value);
        if (asked.isPresent()) {
            if (!isFree(Integer.parseInt(asked.get()))) {
                return Optional.of(Settings.MANAGEMENT_PORT + " is in use by another process: " + asked.get());
            }
            // Decided: a live reload of dev mode comes here again while this very process has the port.
            System.setProperty(PROPERTY, asked.get());
            return Optional.empty();
        }
        int port = beside(serverPort(environment));
        if (!isFree(port)) {
            System.setProperty(TAKEN, String.valueOf(port));
            port = 0;
        }
        System.setProperty(PROPERTY, String.valueOf(port));
        return Optional.empty();
    }

    private static int serverPort(Environment environment) {
        return Optional.ofNullable(System.getProperty(SERVER_PROPERTY))
                .or(() -> environment.value("QUARKUS_HTTP_PORT"))
                .or(() -> Settings.SERVER_PORT.inEffect(environment::value))
                .filter(port -> port.matches("\\d{1,5}"))
                .map(Integer::parseInt)
                // What is wrong ends the start later.
                .orElse(0);
    }

    /** Any free one beside any free one. */
    static int beside(int serverPort) {
        if (serverPort == 0) {
            return 0;
        }
        return serverPort + DISTANCE <= MAX_PORT ? serverPort + DISTANCE : serverPort - DISTANCE;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException inUse) {
            return false;
        }
    }
}
