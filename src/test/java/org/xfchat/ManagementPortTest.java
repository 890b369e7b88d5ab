package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which port is the management's where nobody says which. */
class ManagementPortTest {
    @ParameterizedTest
    @CsvSource({"3000, 9000", "3001, 9001", "59535, 65535", "59536, 53536", "65535, 59535", "0, 0"})
    void itIsBesideTheServices(int serverPort, int managementPort) {
        assertThat(ManagementPort.beside(serverPort)).isEqualTo(managementPort);
    }

    /** A live reload of dev mode starts the program again in a process that has the port. */
    @Test
    void onceItIsDecidedTheProcessItselfMayHaveIt() throws IOException {
        String property = "quarkus.management.port";
        String before = System.clearProperty(property);
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Environment environment = new Environment(
                System::getProperty, Map.of(Settings.MANAGEMENT_PORT.name(), String.valueOf(port)), Map.of());
        try {
            assertThat(ManagementPort.choose(environment)).isEmpty();
            try (ServerSocket own = new ServerSocket(port)) {
                assertThat(own.isBound()).isTrue();
                assertThat(ManagementPort.choose(environment)).isEmpty();
                System.clearProperty(property);
                assertThat(ManagementPort.choose(environment))
                        .hasValueSatisfying(problem -> assertThat(problem).contains(String.valueOf(port)));
            }
        } finally {
            System.clearProperty(property);
            if (before != null) {
                System.setProperty(property, before);
            }
        }
    }
}
