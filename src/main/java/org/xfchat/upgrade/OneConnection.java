package org.xfchat.upgrade;

import io.quarkus.runtime.annotations.RegisterForProxy;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Lends one connection to a library that would open and close its own. */
@RegisterForProxy(targets = Connection.class)
final class OneConnection implements DataSource {
    private final Connection lent;

    private OneConnection(Connection connection, Set<String> swallowed) {
        this.lent = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (swallowed.contains(method.getName())) {
                        return null;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    /** In the middle of a transaction, which goes on whatever the library begins and commits. */
    static OneConnection inTransaction(Connection connection) {
        return new OneConnection(connection, Set.of("commit", "close", "setAutoCommit"));
    }

    /** Outside of any transaction; the library begins and commits its own, as what it runs may rely on. */
    static OneConnection outsideOfTransaction(Connection connection) {
        return new OneConnection(connection, Set.of("close"));
    }

    @Override
    public Connection getConnection() {
        return lent;
    }

    @Override
    public Connection getConnection(String username, String password) {
        return lent;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        // It writes nothing.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // It does not connect.
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
