package org.xfchat;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xfchat.testing.TestDatabase;

/** No name leads out of the process: what is logged or sent cannot make it load anything (JNDI). */
@QuarkusTest
@Tag("whole-service")
@QuarkusTestResource(TestDatabase.class)
class NamingTest {
    @ParameterizedTest
    @ValueSource(strings = {"ldap://127.0.0.1:1389/x", "rmi://127.0.0.1:1099/x", "dns:localhost", "java:comp/env"})
    @SuppressWarnings("BanJNDI") // This shows that it is banned at run time as well.
    void nothingIsLookedUp(String name) {
        assertThatThrownBy(() -> new InitialContext().lookup(name))
                .isInstanceOf(NamingException.class)
                .hasMessageContaining("JNDI");
    }
}
