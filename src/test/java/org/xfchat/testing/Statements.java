package org.xfchat.testing;

import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jspecify.annotations.Nullable;

/** Every distinct statement that the service under test has run in this JVM, as it went to the driver. */
@Singleton
@PersistenceUnitExtension
public class Statements implements StatementInspector {
    private static final long serialVersionUID = 1;

    private final Set<String> seen = new ConcurrentSkipListSet<>();

    @Override
    public @Nullable String inspect(String sql) {
        seen.add(sql);
        return sql;
    }

    /** A copy, in alphabetical order, with {@code ?} for parameters. */
    public Set<String> seen() {
        return new TreeSet<>(seen);
    }
}
