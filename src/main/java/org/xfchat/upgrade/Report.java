package org.xfchat.upgrade;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xfchat.database.Sql;

/**
 * What a conversion did, as it is kept in table {@code upgrades} and shown to people.
 *
 * @param upgradedAt when, as PostgreSQL writes it
 * @param found what the old database was
 * @param seconds how long it took
 * @param tables per old table its name and the rows before, after, quarantined, renamed, merged, as placeholders, completed
 *     and rejected
 * @param reasons per old table, action and reason the number of rows
 * @param renamed per renamed account the old name, the new one and the reason; the first thousand
 */
record Report(
        String upgradedAt,
        String found,
        Duration seconds,
        List<List<String>> tables,
        List<List<String>> reasons,
        List<List<String>> renamed) {
    private static final int NAMES_SHOWN = 20;

    private static final List<String> COUNTS = List.of(
            "old table",
            "before",
            "after",
            "quarantined",
            "renamed",
            "merged",
            "placeholders",
            "completed",
            "rejected");

    /** Counts and stores; the conversion's temporary tables must be there still. */
    static Report store(Connection connection, String found, Duration duration) throws SQLException {
        new Sql(connection)
                .rows(
                        "insert into upgrades (upgraded_at, found, seconds, report) values (now(), ?, ?, ("
                                + Script.text("report.sql") + ")) returning upgraded_at",
                        found,
                        BigDecimal.valueOf(duration.toMillis(), 3));
        return newest(connection);
    }

    /** The report of the latest conversion; there must be one. */
    static Report newest(Connection connection) throws SQLException {
        List<String> row = new Sql(connection)
                .rows(
                        "select upgraded_at, found, round(seconds * 1000) from upgrades order by upgraded_at desc limit 1")
                .get(0);
        return new Report(
                row.get(0),
                row.get(1),
                Duration.ofMillis(Long.parseLong(row.get(2))),
                part(
                        connection,
                        "tables",
                        "\"table\" text, before bigint, after bigint, quarantined bigint, renamed bigint, merged bigint,"
                                + " placeholders bigint, completed bigint, rejected bigint"),
                part(connection, "reasons", "\"table\" text, action text, rows bigint, reason text"),
                part(connection, "renamed", "\"from\" text, \"to\" text, reason text"));
    }

    private static List<List<String>> part(Connection connection, String name, String columns) throws SQLException {
        return new Sql(connection)
                .rows("select r.* from (select report from upgrades order by upgraded_at desc limit 1) newest,"
                        + " jsonb_to_recordset(newest.report -> " + Sql.literal(name) + ") as r (" + columns + ")");
    }

    /** For people. */
    String text() {
        List<String> parts = new ArrayList<>();
        parts.add("Converted from the old XFChat's database (" + found + ") in " + Progress.seconds(seconds) + ", at "
                + upgradedAt + ".");
        parts.add(TextTable.render(COUNTS, grouped(tables)));
        if (!reasons.isEmpty()) {
            parts.add("What did not go one to one (every row of it: select * from legacy.upgrade_actions):");
            parts.add(TextTable.render(List.of("old table", "action", "rows", "reason"), grouped(reasons)));
        }
        if (!renamed.isEmpty()) {
            parts.add("User names given by the conversion"
                    + (renamed.size() > NAMES_SHOWN ? " (the first " + NAMES_SHOWN + " of " + renamed.size() + ")" : "")
                    + ":");
            parts.add(TextTable.render(
                    List.of("old name", "new name", "reason"),
                    renamed.stream().limit(NAMES_SHOWN).toList()));
        }
        parts.add("Everything there is counts as read. The old tables are in schema legacy, read-only; version_history"
                + " stays only there. If the old server ran without JWT_SECRET, everybody has to log in once more.");
        return String.join("\n\n", parts);
    }

    private static List<List<String>> grouped(List<List<String>> rows) {
        return rows.stream()
                .map(row -> row.stream()
                        .map(cell -> cell.matches("\\d{1,18}") ? TextTable.grouped(Long.parseLong(cell)) : cell)
                        .toList())
                .toList();
    }
}
