package org.xfchat.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is in a database, to be compared with what is there later, or in another one. */
public final class Snapshot {
    /** Of all objects that people made in the schemas that match: a name and what it is. */
    private static final String CATALOG = """
            with schemas as (
                select oid, nspname from pg_namespace
                where nspname ~ ? and nspname <> 'information_schema' and nspname !~ '^pg_'),
            relations as (
                select c.oid, c.relname, c.relkind, c.relpersistence, c.relacl, c.reloptions, s.nspname, c.relowner
                from pg_class c join schemas s on s.oid = c.relnamespace
                where not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e'))
            select 'schema ' || nspname, coalesce(obj_description(oid, 'pg_namespace'), '') from schemas
            union all
            select format('relation %I.%I', nspname, relname),
                   concat_ws(' ', relkind, relpersistence, relacl, reloptions, relowner::regrole,
                             obj_description(oid, 'pg_class'), case when relkind in ('v', 'm') then pg_get_viewdef(oid) end)
            from relations where relkind <> 'i'
            union all
            select format('column %I.%I.%s', nspname, relname, attname),
                   concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
                             pg_get_expr(adbin, adrelid), col_description(r.oid, attnum))
            from relations r join pg_attribute a on a.attrelid = r.oid and attnum > 0 and not attisdropped
            left join pg_attrdef on adrelid = r.oid and adnum = attnum
            where relkind <> 'i'
            union all
            select format('constraint %I.%I.%I', nspname, relname, conname), pg_get_constraintdef(k.oid)
            from relations r join pg_constraint k on k.conrelid = r.oid
            union all
            select format('index %I.%I', nspname, relname), pg_get_indexdef(r.oid) || indisvalid
            from relations r join pg_index on indexrelid = r.oid
            union all
            select format('trigger %I.%I.%I', nspname, relname, tgname), pg_get_triggerdef(t.oid) || tgenabled::text
            from relations r join pg_trigger t on t.tgrelid = r.oid and not tgisinternal
            union all
            select format('function %I.%I', nspname, proname), pg_get_functiondef(p.oid)
            from pg_proc p join schemas s on s.oid = pronamespace
            where prokind <> 'a' and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
            union all
            select 'extension ' || extname, extversion from pg_extension
            """;

    private Snapshot() {}

    /** Everything: what {@link #catalog} tells of all schemas, and {@link #rows} of all tables. */
    public static Map<String, String> of(Connection connection) throws SQLException {
        Map<String, String> all = new TreeMap<>(catalog(connection, "."));
        for (Map.Entry<String, String> object : List.copyOf(all.entrySet())) {
            if (object.getKey().startsWith("relation ") && object.getValue().matches("[rpS] .*")) {
                String name = object.getKey().substring("relation ".length());
                all.put("rows " + name, rows(connection, name));
            }
        }
        return all;
    }

    /** The objects, but for those of extensions, in the schemas whose names match a regular expression. */
    public static Map<String, String> catalog(Connection connection, String schemas) throws SQLException {
        Map<String, String> catalog = new TreeMap<>();
        try (PreparedStatement query = connection.prepareStatement(CATALOG)) {
            query.setString(1, schemas);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    catalog.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return catalog;
    }

    /** A table's number of rows and a digest of them all, whatever their order. */
    public static String rows(Connection connection, String table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                        "select count(*) || ' ' || md5(coalesce(string_agg(digest, '' order by digest), ''))"
                                + " from (select md5(t::text) as digest from " + table + " t) as digests");
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    /** The rows of all tables of a schema, by table. */
    public static Map<String, String> tables(Connection connection, String schema) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement("select quote_ident(tablename) from pg_tables where schemaname = ?")) {
            query.setString(1, schema);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        Map<String, String> tables = new TreeMap<>();
        for (String name : names) {
            tables.put(name, rows(connection, schema + "." + name));
        }
        return tables;
    }

    /** The objects in which two snapshots differ, with what they are in each; empty when they are equal. */
    public static List<String> differences(Map<String, String> before, Map<String, String> after) {
        Set<String> objects = new TreeSet<>(before.keySet());
        objects.addAll(after.keySet());
        return objects.stream()
                .filter(object -> !Objects.equals(before.get(object), after.get(object)))
                .map(object -> object + ": " + before.get(object) + " -> " + after.get(object))
                .toList();
    }
}
