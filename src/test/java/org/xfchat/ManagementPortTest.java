package org.xfchat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which port is the management's where nobody says which. */
class ManagementPortTest {
    @ParameterizedTest
    @CsvSource({"3000, 9000", "3001, 9001", "59535, 65535", "59536, 53536", "65535, 59535", "0, 0"})
    void itIsBesideTheServices(int serverPort, int managementPort) {
        assertThat(ManagementPort.beside(serverPort)).isEqualTo(managementPort);
    }
}
