package org.xfchat.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xfchat.testing.TestDatabase;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class NativeSqlTest {
    @Inject
    NativeSql sql;

    @Inject
    Transactions transactions;

    @Inject
    SessionFactory sessions;

    /** A record for a test. */
    public record Named(Integer number, String name) {}

    private List<String> texts(String question, @Nullable Object... parameters) {
        return transactions.read(() -> sql.query(question, parameters).list(row -> row.get(0, String.class)));
    }

    @Test
    void anArrayIsOneParameter() {
        String[] array = {"a", "b"};
        assertThat(texts("select t from unnest(?1) as t order by t", (Object) array))
                .containsExactly("a", "b");
        assertThat(texts("select t from unnest(?1) as t where t <> ?2", array, "a"))
                .containsExactly("b");
    }

    @Test
    void nullIsAParameter() {
        assertThat(texts("select coalesce(cast(?1 as text), ?2)", null, "nothing"))
                .containsExactly("nothing");
    }

    @Test
    void rowsAreReadByPosition() {
        String question = "select 1, 'one' union all select 2, 'two' order by 1";
        List<Named> named = List.of(new Named(1, "one"), new Named(2, "two"));
        List<Named> handed = new ArrayList<>();
        transactions.read(() -> {
            assertThat(sql.query(question).list(row -> new Named(row.get(0, Integer.class), row.get(1, String.class))))
                    .isEqualTo(named);
            assertThat(sql.query(question).records(Named.class)).isEqualTo(named);
            sql.query(question).each(row -> handed.add(new Named(row.get(0, Integer.class), row.get(1, String.class))));
            assertThat(sql.query(question).first(row -> row.get(1, String.class)))
                    .contains("one");
            assertThat(sql.query("select 1 where false").first(row -> 1)).isEmpty();
            return null;
        });
        assertThat(handed).isEqualTo(named);
    }

    @Test
    void updatesSayHowManyRowsTheyChanged() {
        int changed = transactions.write(() -> sql.update("update log_epoch set epoch = epoch where epoch >= ?1", 0));
        assertThat(changed).isEqualTo(1);
    }

    /** Hibernate searches its plans with each question: they must not become more with each. */
    @Test
    void aQuestionThatIsAskedAgainNeedsNoOtherPlan() {
        assertKeepsPlans(() -> texts("select 'tuple'").size());
        assertKeepsPlans(
                () -> transactions.read(() -> sql.query("select 1, 'record'").records(Named.class)));
        assertKeepsPlans(
                () -> transactions.write(() -> sql.update("update log_epoch set epoch = epoch where epoch < ?1", 0)));
    }

    private void assertKeepsPlans(Supplier<?> asked) {
        assertThat(asked.get()).isNotNull();
        int before = plans();
        for (int i = 0; i < 10; i++) {
            assertThat(asked.get()).isNotNull();
        }
        // The service's own loops may ask something for the first time meanwhile.
        assertThat(plans()).isLessThan(before + 10);
    }

    private int plans() {
        return sessions.unwrap(SessionFactoryImplementor.class)
                .getQueryEngine()
                .getInterpretationCache()
                .getNumberOfCachedQueryPlans();
    }
}
