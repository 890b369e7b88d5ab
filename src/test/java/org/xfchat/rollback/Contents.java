package org.xfchat.rollback;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.xfchat.database.Sql;

/** What is in a database, to compare it with what was. */
record Contents(Sql sql) {
    /** Of the schemas of an upgraded database. */
    List<Object> all() throws SQLException {
        return List.of(
                sql.list("select nspname from pg_namespace where nspname !~ '^pg_' order by 1"),
                rows("public"),
                rows("legacy"),
                definitions("public"),
                definitions("legacy"));
    }

    /** Rows as text, by table of a schema. */
    Map<String, List<String>> rows(String schema) throws SQLException {
        Map<String, List<String>> rows = new TreeMap<>();
        for (String table : sql.list("select relname from pg_class where relnamespace = '" + schema
                + "'::regnamespace and relkind in ('r', 'v', 'm', 'S')")) {
            rows.put(table, sql.list("select t::text from " + schema + "." + Sql.name(table) + " t order by 1"));
        }
        return rows;
    }

    /** Columns, constraints, indexes, triggers and functions of a schema. */
    List<String> definitions(String schema) throws SQLException {
        String here = "= '" + schema + "'::regnamespace";
        return sql.list("select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '"
                + " || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') from pg_attribute a"
                + " join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum"
                + " where c.relkind in ('r', 'v') and a.attnum > 0 and c.relnamespace " + here
                + " union all select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace "
                + here
                + " union all select pg_get_indexdef(oid) from pg_class where relkind = 'i' and relnamespace " + here
                + " union all select tgenabled::text || ' ' || pg_get_triggerdef(t.oid) from pg_trigger t"
                + " join pg_class c on c.oid = tgrelid where not tgisinternal and c.relnamespace " + here
                + " union all select pg_get_functiondef(p.oid) from pg_proc p join pg_language l on l.oid = p.prolang"
                + " where lanname = 'plpgsql' and pronamespace " + here
                + " union all select 'type ' || typname from pg_type where typtype = 'e' and typnamespace " + here
                + " order by 1");
    }
}
