package org.xfchat.upgrade;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.xfchat.database.Sql;

/**
 * Times of the old tables. Whatever a table says there, ours lies between the year 1 and the upgrade: RFC 3339 knows no other
 * years and no infinity, and a message from the future would stamp every later one with its time.
 *
 * @param latest when the upgrade was, as PostgreSQL writes it
 */
record OldTimes(String latest) {
    private static final String EARLIEST = "timestamptz '0001-01-01 00:00:00+00'";

    /** Seconds since 1970 that are before, and after, every time that can be taken. */
    private static final String BEFORE = "-62135596801";

    private static final String AFTER = "253402300800";

    /** Reads times that were written as text; null where it is none. In a session that may have another time zone. */
    static final String READER = """
            create or replace function pg_temp.read_time(written text) returns timestamptz language plpgsql stable
            set timezone = 'UTC' as $$
            begin
                return cast(nullif(written, '') as timestamptz);
            exception when data_exception then
                return null;
            end $$
            """;

    /**
     * A column of times.
     *
     * @param type what it is in an upgraded row, {@code timestamptz} or {@code date}
     * @param written its value of that type, in SQL
     */
    record Column(String name, String type, String written) {}

    /** Until the transaction's own time: for an upgrade. */
    static OldTimes untilNow(Connection connection) throws SQLException {
        return new OldTimes(String.valueOf(new Sql(connection).ask("select now()")));
    }

    /** As the latest upgrade took them. */
    static OldTimes ofUpgrade(Connection connection) throws SQLException {
        return new OldTimes(
                String.valueOf(new Sql(connection).ask("select coalesce(max(upgraded_at), now()) from upgrades")));
    }

    private String limit() {
        return "timestamptz " + Sql.literal(latest);
    }

    /**
     * A time of whatever type as {@code timestamptz}. Numbers are seconds, milliseconds or microseconds since 1970 by their
     * magnitude: as seconds, the least number of milliseconds would be in the year 5138.
     *
     * @param type the column's, as PostgreSQL writes it
     */
    static String written(String name, String type) {
        if (type.matches("smallint|bigint|integer|numeric.*|double precision|real")) {
            // The absolute value of the least integer is none.
            String number = type.endsWith("int") || type.equals("integer") ? "cast(" + name + " as numeric)" : name;
            String seconds =
                    "case when abs(%1$s) >= 1e14 then %1$s / 1e6 when abs(%1$s) >= 1e11 then %1$s / 1e3 else %1$s end"
                            .formatted(number);
            return "case when " + name + " is not null then to_timestamp(least(greatest(" + seconds + ", " + BEFORE
                    + "), " + AFTER + ")) end";
        }
        if (type.startsWith("timestamp") && type.endsWith("without time zone")) {
            return name + " at time zone 'UTC'";
        }
        return type.equals("text") || type.startsWith("character") ? "pg_temp.read_time(" + name + ")" : name;
    }

    /** What becomes of a column that was read; other types stay as they are. */
    String taken(String name, String type) {
        return switch (type) {
            case "timestamptz" ->
                "case when %1$s > %2$s then %2$s when %1$s < %3$s then %3$s else %1$s end"
                        .formatted(name, limit(), EARLIEST);
            // The day after it is a date of RFC 3339 as well.
            case "date" ->
                "case when %1$s > date '9999-12-30' then date '9999-12-30' when %1$s < date '0001-01-01' then date '0001-01-01' else %1$s end"
                        .formatted(name);
            default -> name;
        };
    }

    /** The statement that notes each row of a table whose times were not taken as they were written. */
    String note(String table, String qualified, String key, List<Column> columns) {
        String late = any(columns, this::isLate);
        String early = any(columns, OldTimes::isEarly);
        String unread = any(columns, OldTimes::isUnread);
        return "insert into legacy.upgrade_actions (source, row_id, action, reason, detail) select "
                + Sql.literal(table) + ", " + key + ", 'clamped', case when " + late
                + " then 'a time in the future' when " + early
                + " then 'a time before the year 1' else 'not a time' end, jsonb_strip_nulls(jsonb_build_object("
                + columns.stream()
                        .map(column -> Sql.literal(column.name()) + ", case when " + isLate(column) + " or "
                                + isEarly(column) + " or " + isUnread(column) + " then " + Sql.name(column.name())
                                + "::text end")
                        .collect(Collectors.joining(", "))
                + ")) from " + qualified + " where " + late + " or " + early + " or " + unread;
    }

    private static String any(List<Column> columns, Function<Column, String> condition) {
        return columns.stream().map(condition).collect(Collectors.joining(" or ", "(", ")"));
    }

    private String isLate(Column column) {
        return "coalesce(" + column.written() + " > " + (column.type().equals("date") ? "date '9999-12-30'" : limit())
                + ", false)";
    }

    private static String isEarly(Column column) {
        return "coalesce(" + column.written() + " < " + (column.type().equals("date") ? "date '0001-01-01'" : EARLIEST)
                + ", false)";
    }

    private static String isUnread(Column column) {
        return column.written().startsWith("pg_temp.")
                ? "(nullif(" + Sql.name(column.name()) + ", '') is not null and " + column.written() + " is null)"
                : "false";
    }
}
