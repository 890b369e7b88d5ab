package org.xfchat.testing.legacy;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.xfchat.testing.legacy.Expected.Pair;
import org.xfchat.testing.legacy.LegacyRows.Account;
import org.xfchat.testing.legacy.LegacyRows.Request;

/** What an upgrade must make of the accounts of an old database, and of what they asked each other. */
public final class ExpectedPeople {
    private static final Comparator<Account> BY_AGE =
            comparing(Account::created, Comparator.nullsLast(Comparator.<Instant>naturalOrder()));

    private final LegacyRows rows;

    ExpectedPeople(LegacyRows rows) {
        this.rows = rows;
    }

    public boolean lives(UUID user) {
        return rows.accounts().stream().anyMatch(account -> account.id().equals(user));
    }

    /** Letters of ASCII are the same in both cases; every other character is the same as itself alone. */
    private static String fold(String text) {
        StringBuilder folded = new StringBuilder();
        text.chars().forEach(letter -> folded.append((char) (letter >= 'A' && letter <= 'Z' ? letter + 32 : letter)));
        return folded.toString();
    }

    private static boolean hasName(Account account) {
        return account.username() != null && !account.username().isEmpty();
    }

    /** The accounts that keep their name: of each name the oldest. */
    public Set<UUID> keepTheirName() {
        Set<String> taken = new HashSet<>();
        return rows.accounts().stream()
                .filter(ExpectedPeople::hasName)
                .sorted(BY_AGE)
                .filter(account -> taken.add(fold(Objects.requireNonNull(account.username()))))
                .map(Account::id)
                .collect(toSet());
    }

    /** The accounts whose address differs from another's only in case. */
    public Set<UUID> shareTheirAddress() {
        return rows.accounts().stream().collect(groupingBy(account -> fold(account.email()))).values().stream()
                .filter(group -> group.size() > 1)
                .flatMap(group -> group.stream().map(Account::id))
                .collect(toSet());
    }

    private boolean isValid(Request request) {
        return lives(request.from()) && lives(request.to()) && !request.from().equals(request.to());
    }

    /** The friend requests that remain, by id, with their status. */
    public Map<UUID, String> requests() {
        Set<Pair> pending = new HashSet<>();
        Map<UUID, String> requests = new LinkedHashMap<>();
        rows.requests().stream()
                .filter(this::isValid)
                .sorted(comparing(Request::created).thenComparing(Request::id, Expected.BY_TEXT))
                .forEach(request -> requests.put(
                        request.id(),
                        request.status().equals("pending") && !pending.add(Pair.of(request.from(), request.to()))
                                ? "rejected"
                                : request.status()));
        return requests;
    }

    /** Everybody who is somebody's contact, and therefore has a direct conversation with them. */
    public Set<Pair> friends() {
        Stream<Pair> contacts = rows.contacts().stream()
                .filter(contact -> lives(contact.user())
                        && lives(contact.contact())
                        && !contact.user().equals(contact.contact()))
                .map(contact -> Pair.of(contact.user(), contact.contact()));
        Stream<Pair> accepted = rows.requests().stream()
                .filter(request -> isValid(request) && request.status().equals("accepted"))
                .map(request -> Pair.of(request.from(), request.to()));
        return Stream.concat(contacts, accepted).collect(toSet());
    }

    /** The account that log-in by an address finds, whatever its case: the one spelled exactly so, else the oldest. */
    public Optional<Account> byAddress(String email) {
        return rows.accounts().stream()
                .filter(account -> fold(account.email()).equals(fold(email)))
                .min(comparing((Account account) -> !account.email().equals(email))
                        .thenComparing(BY_AGE));
    }
}
