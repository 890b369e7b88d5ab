package org.xfchat.database;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules of the migration folder's README, as far as a migration's text can be judged. */
final class MigrationRules {
    private static final Pattern NAME = Pattern.compile("V(\\d{14})__[a-z0-9]+(_[a-z0-9]+)*\\.sql");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss").withResolverStyle(ResolverStyle.STRICT);
    private static final String FIRST = "20240105000000";

    private static final String TABLE = "(?:only )?(?:if exists )?(?:\\w+\\.)?(\\w+)";
    private static final Pattern CREATES = Pattern.compile("create (?:unlogged )?table " + TABLE + ".*");
    private static final Pattern ALTERS = Pattern.compile("alter table " + TABLE + " (.*)");
    private static final Pattern CREATES_INDEX = Pattern.compile(
            "create (?:unique )?index (concurrently )?(?:if not exists )?(?:(\\w+) )?on " + TABLE + ".*");
    private static final Pattern WRITES =
            Pattern.compile("(?:with .*\\b)?(?:update|delete from|merge into) " + TABLE + "\\b.*", Pattern.DOTALL);
    private static final Pattern COMPATIBILITY = Pattern.compile(
            "insert into schema_compatibility \\(schema_version, oldest_binary\\) values \\('(\\d+)', '(\\d+)'\\)"
                    + "( on conflict \\(schema_version\\) do nothing)?");

    private static final Pattern LOCKS = Pattern.compile(
            "\\b(alter table|drop table|truncate(?: table)?|references|create (?:or replace )?trigger .* on) " + TABLE);

    /** What takes something away that the release before still uses. */
    private static final Pattern CONTRACTS = Pattern.compile(
            "drop (?:table|view|materialized view|function|procedure|trigger|type|sequence|schema)\\b.*|truncate\\b.*"
                    + "|alter table .*\\bdrop (?:column )?(?!constraint|not null|default|identity|expression|column)\\w+.*");

    private static final Pattern VOLATILE =
            Pattern.compile(".*\\bdefault (?!now\\(\\)|'|-?\\d|true\\b|false\\b|null\\b|current_timestamp\\b).*");

    /** Forbidden wherever it stands, and what to do in its place. */
    private static final List<List<String>> NEVER = List.of(
            List.of(
                    "alter table .*\\balter (column )?\\w+ (set data )?type\\b.*",
                    "changes a column's type: add a column"),
            List.of(
                    "alter \\w+ .*\\brename\\b.*",
                    "renames what the release before uses: add, copy, drop a release later"),
            List.of(
                    "(begin|start transaction|commit|rollback|savepoint .*)",
                    "controls transactions, which Flyway does"),
            List.of("set (?!local\\b).*", "sets for the whole session: set local"),
            List.of("(vacuum|cluster|lock table|lock)\\b.*", "locks a whole table"),
            List.of("reindex (?!.*concurrently).*", "locks a whole table: reindex concurrently"),
            List.of("refresh materialized view (?!concurrently).*", "locks a whole view: concurrently"),
            List.of("drop index (?!concurrently).*", "drops an index under a lock: drop index concurrently"),
            List.of(
                    "create .*\\bif not exists\\b.*|alter .*\\badd .*\\bif not exists\\b.*",
                    "accepts what somebody else made: no if not exists"));

    private final String name;
    private final String sql;
    private final boolean transactional;
    private final List<String> statements;
    private final Set<String> created = new TreeSet<>();
    private final List<String> violations = new ArrayList<>();

    private MigrationRules(String name, String sql, String configuration) {
        this.name = name;
        this.sql = sql;
        this.transactional = !configuration.strip().equals("executeInTransaction=false");
        this.statements = SqlStatements.of(sql);
    }

    /**
     * What is wrong with a migration.
     *
     * @param name of its file
     * @param configuration the text of the file beside it that ends with {@code .conf}; empty where there is none
     * @return a sentence for each violation, empty when it is as it should be
     */
    static List<String> violations(String name, String sql, String configuration) {
        MigrationRules rules = new MigrationRules(name, sql, configuration);
        rules.name();
        rules.header();
        rules.compatibility();
        rules.lockTimeout();
        rules.statements.forEach(rules::statement);
        rules.validation();
        rules.oneTable();
        return List.copyOf(rules.violations);
    }

    private void refuse(boolean wrong, String sentence) {
        if (wrong) {
            violations.add(sentence);
        }
    }

    private String version() {
        Matcher form = NAME.matcher(name);
        return form.matches() ? form.group(1) : "";
    }

    private void name() {
        String version = version();
        refuse(version.isEmpty(), "the name is not like V20260301120000__add_edits.sql");
        if (!version.isEmpty()) {
            try {
                LocalDateTime.parse(version, TIME);
            } catch (DateTimeException noTime) {
                violations.add("the version is no time: " + version);
            }
            refuse(version.compareTo(FIRST) <= 0, "the version is not after the first migration's");
        }
    }

    private void header() {
        String header = sql.lines().takeWhile(line -> line.startsWith("--")).collect(Collectors.joining("\n"));
        refuse(!header.contains("-- Reason: "), "the header comment does not say: -- Reason: ...");
        refuse(!header.contains("-- Locking cost: "), "the header comment does not say: -- Locking cost: ...");
    }

    private void compatibility() {
        List<Matcher> rows = statements.stream()
                .map(COMPATIBILITY::matcher)
                .filter(Matcher::matches)
                .toList();
        boolean own = rows.size() == 1 && rows.get(0).group(1).equals(version());
        refuse(
                own && (rows.get(0).group(3) == null) != transactional,
                transactional
                        ? "its row can only be there already by a mistake, which on conflict would hide"
                        : "cut off after its row it cannot begin anew: on conflict (schema_version) do nothing");
        refuse(!own, "no row of its own, and only that, in schema_compatibility (schema_version, oldest_binary)");
        refuse(
                own && rows.get(0).group(2).compareTo(version()) >= 0,
                "the oldest binary is not an older one: the release before could not run during a rolling update");
    }

    private void lockTimeout() {
        int first = 0;
        while (first < statements.size() && !statements.get(first).matches("(create|alter|drop|comment) .*")) {
            first++;
        }
        boolean set =
                statements.stream().limit(first).anyMatch(s -> s.matches("set local lock_timeout = '\\d+(ms|s)'"));
        refuse(transactional && !set, "no set local lock_timeout = '2s' before the first change");
    }

    private void statement(String statement) {
        for (List<String> rule : NEVER) {
            refuse(statement.matches(rule.get(0)), rule.get(1) + ": " + statement);
        }
        boolean contract = sql.lines().anyMatch(line -> line.matches("-- Contract of: \\d+\\.\\d+\\.\\d+\\b.*"));
        refuse(
                CONTRACTS.matcher(statement).matches() && !contract,
                "takes away what the release before may use; the header does not say since which release nothing does:"
                        + " -- Contract of: 1.2.0 ...: " + statement);
        Matcher table = CREATES.matcher(statement);
        if (table.matches()) {
            created.add(table.group(1));
        }
        index(statement);
        refuse(
                transactional && statement.matches("(create|drop|reindex) .*\\bconcurrently .*"),
                "concurrently in a transaction: put executeInTransaction=false into " + name + ".conf: " + statement);
        refuse(
                !transactional
                        && !statement.matches(
                                "(create (unique )?|drop )index concurrently .*|reindex .*|do .*|insert into schema_compatibility .*"),
                "outside of a transaction only concurrent indexes and batches: " + statement);
        Matcher alter = ALTERS.matcher(statement);
        if (alter.matches() && !created.contains(alter.group(1))) {
            clauses(alter.group(2)).forEach(clause -> alteration(clause, statement));
        }
        write(statement);
    }

    private void index(String statement) {
        Matcher index = CREATES_INDEX.matcher(statement);
        if (!index.matches()) {
            return;
        }
        refuse(index.group(2) == null, "an index without a name: " + statement);
        if (index.group(1) == null) {
            refuse(!created.contains(index.group(3)), "an index that locks out writers: concurrently: " + statement);
            return;
        }
        String drop = "drop index concurrently if exists " + index.group(2);
        int at = statements.indexOf(statement);
        refuse(
                at == 0 || !statements.get(at - 1).equals(drop),
                "a first try that was cut off leaves an invalid index, which is not dropped before: " + statement);
    }

    /** The parts of an {@code alter table}, at the commas that are in no parentheses. */
    private static List<String> clauses(String text) {
        List<String> clauses = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                clauses.add(text.substring(start, i).strip());
                start = i + 1;
            }
        }
        clauses.add(text.substring(start).strip());
        return clauses;
    }

    private void alteration(String clause, String statement) {
        boolean constraint = clause.matches("add (constraint|check|foreign|unique|primary|exclude)\\b.*");
        boolean column = clause.startsWith("add ") && !constraint;
        refuse(
                column && clause.contains(" not null") && !clause.contains(" default "),
                "a column that is not null without a default: the release before cannot insert: " + statement);
        refuse(
                column && VOLATILE.matcher(clause).matches(),
                "a default that differs from row to row, which rewrites the table: " + statement);
        refuse(
                column && clause.matches(".*\\b(references|unique|primary key|check|generated)\\b.*"),
                "a constraint with the column reads the table under its lock: add it apart, not valid: " + statement);
        refuse(constraint && !clause.startsWith("add constraint "), "a constraint without a name: " + statement);
        refuse(
                constraint && clause.matches(".*\\b(check|foreign key)\\b.*") && !clause.endsWith(" not valid"),
                "a constraint that reads the table under its lock: not valid, and validate it in the next migration: "
                        + statement);
        refuse(
                constraint
                        && clause.matches("add constraint \\w+ (unique|primary key|exclude)\\b.*")
                        && !clause.contains(" using index "),
                "a constraint that makes its index under a lock: make it concurrently, then using index: " + statement);
        refuse(
                clause.matches("alter (column )?\\w+ set not null")
                        && statements.stream().noneMatch(s -> s.contains(" validate constraint ")),
                "set not null reads the table under its lock: first a check that is validated: " + statement);
    }

    private void write(String statement) {
        boolean block = statement.startsWith("do ");
        String writing = block ? statement.replaceAll("^do .*?\\$\\$|\\$\\$.*$", "") : statement;
        List<String> parts = List.of(writing.split("; |\\b(?:loop|begin|then|else) ", -1));
        boolean writes = parts.stream()
                .map(String::strip)
                .map(WRITES::matcher)
                .anyMatch(write -> write.matches() && !created.contains(write.group(1)));
        boolean batches = block && !transactional && statement.contains(" limit ") && statement.contains("commit");
        refuse(writes && !batches, "writes all rows in one transaction: batches, each committed: " + statement);
    }

    /** What is locked besides new tables, in its order; referring to a table locks it less than altering it does. */
    private void oneTable() {
        Set<String> altered = new TreeSet<>();
        Set<String> referred = new TreeSet<>();
        for (String statement : statements) {
            Matcher locks = LOCKS.matcher(statement);
            while (locks.find()) {
                String table = locks.group(2);
                boolean refers = locks.group(1).startsWith("references");
                // A foreign key between two tables that exist has to lock both; it fails, then, and is tried again.
                boolean unavoidable = refers && statement.startsWith("alter table ");
                if (!created.contains(table) && !unavoidable) {
                    refuse(
                            !refers && referred.contains(table),
                            "refers to " + table + " before it alters it: two at a time can deadlock, so alter first");
                    (refers ? referred : altered).add(table);
                }
            }
        }
        referred.addAll(altered);
        refuse(
                transactional && referred.size() > 1,
                "locks " + referred
                        + ", one after the other, as the service does in another order: a migration for each");
    }

    private void validation() {
        for (String statement : statements) {
            Matcher validates =
                    Pattern.compile(".* validate constraint (\\w+).*").matcher(statement);
            refuse(
                    validates.matches()
                            && statements.stream()
                                    .anyMatch(s -> s.contains("add constraint " + validates.group(1) + " ")),
                    "validates in the transaction that adds, and so under its lock: " + statement);
        }
    }
}
