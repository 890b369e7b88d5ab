package org.xfchat.database;

import jakarta.inject.Singleton;
import jakarta.persistence.Tuple;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.query.CommonQueryContract;
import org.jspecify.annotations.Nullable;

/**
 * SQL of our own, inside a transaction of {@link Transactions}; why it is our own, the package says. Parameters are
 * {@code ?1}, {@code ?2} and so on in the order in which they are given; an array is one of them.
 */
@Singleton
public class NativeSql {
    private final Session session;
    private final Transactions transactions;

    NativeSql(Session session, Transactions transactions) {
        this.session = session;
        this.transactions = transactions;
    }

    /** A question that is asked when its answer is. */
    public final class Query {
        private final String sql;
        private final @Nullable Object[] parameters;

        private Query(String sql, @Nullable Object[] parameters) {
            this.sql = sql;
            this.parameters = parameters;
        }

        /** Tuples for a single value, too: asked for that by its type, Hibernate keeps a plan for each call, and searches them all. */
        private List<Tuple> rows() {
            return with(session.createNativeQuery(sql, Tuple.class), parameters).getResultList();
        }

        /** What is made of each row, whose columns are read by their position; empty for none. */
        public <T> List<T> list(Function<Tuple, T> row) {
            return rows().stream().map(row).toList();
        }

        /** Hands each row over. */
        public void each(Consumer<Tuple> row) {
            rows().forEach(row);
        }

        /** What is made of the first row; empty for none. */
        public <T> Optional<T> first(Function<Tuple, T> row) {
            List<Tuple> rows = rows();
            return rows.isEmpty() ? Optional.empty() : Optional.of(row.apply(rows.get(0)));
        }

        /** What is made of the only row, which there always is. */
        public <T> T one(Function<Tuple, T> row) {
            return row.apply(rows().get(0));
        }

        /** Each row as a record with its columns in their order; empty for none. The record is registered for reflection. */
        public <T> List<T> records(Class<T> type) {
            return with(session.createNativeQuery(sql, type), parameters).getResultList();
        }
    }

    /** Asks a question. */
    public Query query(String sql, @Nullable Object... parameters) {
        return new Query(sql, parameters);
    }

    /** Asks a question without Hibernate in between, for answers of many rows: parameters and rows as {@link Sql#list} has them. */
    public <T> List<T> list(String statement, Sql.Row<T> row, Object... parameters) {
        return session.doReturningWork(connection -> transactions.timed(connection, statement, row, parameters));
    }

    /** Changes something; how many rows. */
    public int update(String sql, @Nullable Object... parameters) {
        return with(session.createNativeMutationQuery(sql), parameters).executeUpdate();
    }

    /** An array of ids, as a parameter. */
    public static Object ids(Collection<UUID> ids) {
        return ids.toArray(UUID[]::new);
    }

    private static <Q extends CommonQueryContract> Q with(Q query, @Nullable Object[] parameters) {
        // Of an array that is the only parameter, Java makes all parameters.
        Object[] all = parameters.getClass() == Object[].class ? parameters : new Object[] {parameters};
        for (int i = 0; i < all.length; i++) {
            query.setParameter(i + 1, all[i]);
        }
        return query;
    }
}
