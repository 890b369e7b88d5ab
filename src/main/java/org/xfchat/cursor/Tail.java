package org.xfchat.cursor;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xfchat.log.Entry;

/** An unbroken run of a log's newest entries. Immutable; shared by threads. */
final class Tail {
    /** Beside its text, what an entry takes. */
    private static final int ENTRY_BYTES = 1024;

    /** Sizes are told as roughly as they are known. */
    private static final int UNIT = 64;

    /** In how many formats it may be there encoded; and once more in runs of several entries. */
    private static final int ENCODED = 2 + 1;

    /** Live cursors are at one or two positions; the others are not worth remembering. */
    private static final int MAX_RUNS = 4;

    /** An entry and what was made of it. */
    private static final class Item {
        private final Entry entry;
        private final long encodedBytes;
        private final long size;
        private @Nullable Format first;
        private @Nullable Buffer firstBytes;
        private @Nullable Format second;
        private @Nullable Buffer secondBytes;

        Item(Entry entry) {
            this.entry = entry;
            this.encodedBytes = entry.encodedBytes();
            long bytes = entry.textBytes() + ENCODED * encodedBytes + ENTRY_BYTES;
            this.size = (bytes + UNIT - 1) / UNIT * UNIT;
        }

        synchronized Buffer as(Format format) {
            if (firstBytes != null && format.equals(first)) {
                return firstBytes;
            }
            if (secondBytes != null && format.equals(second)) {
                return secondBytes;
            }
            Buffer bytes = format.encoder().apply(entry);
            if (first == null) {
                first = format;
                firstBytes = bytes;
            } else if (second == null) {
                second = format;
                secondBytes = bytes;
            }
            return bytes;
        }

        long size() {
            return size;
        }
    }

    private record Made(long after, Format format, Run run) {}

    private final long last;
    private final List<Item> items;
    private final long size;
    private final List<Made> made = new ArrayList<>(MAX_RUNS);
    private long madeBytes;

    /** Whether somebody asked for a run lately; it does not matter if it is lost where the tail grows. */
    private volatile boolean used;

    private Tail(long last, List<Item> items) {
        this.last = last;
        this.items = items;
        this.size = items.stream().mapToLong(Item::size).sum();
    }

    /** Nothing, after {@code last}. */
    static Tail after(long last) {
        return new Tail(last, List.of());
    }

    /** The position of the newest entry, whether or not it is still here. */
    long last() {
        return last;
    }

    /** In bytes, roughly. */
    long size() {
        return size;
    }

    /** Whether somebody asked for a run since this was last called. */
    boolean wasUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    /** The entries whose position is {@code after + 1} or more; empty where they are not all here. */
    List<Entry> entries(long after) {
        int from = index(after);
        return from < 0
                ? List.of()
                : items.subList(from, items.size()).stream()
                        .map(item -> item.entry)
                        .toList();
    }

    /**
     * With those of {@code entries} that follow, without the oldest ones beyond {@code maxSize}, and without any where not even
     * the newest is as small as that; itself when none follows without a gap.
     *
     * @param entries consecutive
     */
    Tail with(List<Entry> entries, long maxSize) {
        List<Item> all = new ArrayList<>(items);
        long newest = last;
        for (Entry entry : entries) {
            if (entry.seq() == newest + 1) {
                all.add(new Item(entry));
                newest++;
            }
        }
        if (newest == last) {
            return this;
        }
        int from = all.size();
        long kept = 0;
        while (from > 0 && kept + all.get(from - 1).size() <= maxSize) {
            from--;
            kept += all.get(from).size();
        }
        return new Tail(newest, List.copyOf(all.subList(from, all.size())));
    }

    /**
     * With those of {@code entries} before it that lead up to it without a gap; itself where there are none, or where all
     * together would be larger than {@code maxSize}.
     *
     * @param entries consecutive
     */
    Tail preceded(List<Entry> entries, long maxSize) {
        long first = last - items.size() + 1;
        // Of somebody far behind: nothing need be made of it.
        if (entries.isEmpty() || entries.get(entries.size() - 1).seq() < first - 1) {
            return this;
        }
        List<Item> all = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.seq() < first) {
                all.add(new Item(entry));
            }
        }
        if (all.isEmpty()
                || all.get(all.size() - 1).entry.seq() != first - 1
                || all.get(0).entry.seq() != first - all.size()) {
            return this;
        }
        all.addAll(items);
        Tail longer = new Tail(last, List.copyOf(all));
        return longer.size() <= maxSize ? longer : this;
    }

    private int index(long after) {
        long index = after - (last - items.size());
        return index < 0 ? -1 : (int) Math.min(index, items.size());
    }

    /**
     * What follows {@code after}, up to {@code maxBytes} of encoded entries or one; null when it is no longer here.
     *
     * @param after before {@link #last}
     */
    @Nullable
    Run run(long after, long upTo, Format format, long maxBytes) {
        int from = index(after);
        if (from < 0) {
            return null;
        }
        used = true;
        synchronized (made) {
            for (Made known : made) {
                if (known.after() == after
                        && known.format().equals(format)
                        && known.run().last() <= upTo) {
                    return known.run();
                }
            }
        }
        Run run = encode(from, upTo, format, maxBytes);
        remember(new Made(after, format, run));
        return run;
    }

    /** For the others at this position, where there is room for it. */
    private void remember(Made one) {
        // A run of one entry is that entry's bytes.
        long bytes = one.run().count() == 1 ? 0 : one.run().bytes().length();
        long most = items.stream().mapToLong(item -> item.encodedBytes).sum();
        synchronized (made) {
            if (made.size() < MAX_RUNS && madeBytes + bytes <= most) {
                made.add(one);
                madeBytes += bytes;
            }
        }
    }

    private Run encode(int from, long upTo, Format format, long maxBytes) {
        Item first = items.get(from);
        Buffer bytes = first.as(format);
        long reached = first.entry.seq();
        int count = 1;
        for (int i = from + 1; i < items.size() && items.get(i).entry.seq() <= upTo; i++) {
            Buffer next = items.get(i).as(format);
            if (bytes.length() + next.length() > maxBytes) {
                break;
            }
            bytes = count == 1 ? bytes.copy().appendBuffer(next) : bytes.appendBuffer(next);
            reached = items.get(i).entry.seq();
            count++;
        }
        return new Run(reached, count, bytes);
    }

    /** Consecutive entries, at least one, as one run. */
    static Run run(List<Entry> entries, Format format) {
        Buffer bytes = Buffer.buffer();
        entries.forEach(entry -> bytes.appendBuffer(format.encoder().apply(entry)));
        return new Run(entries.get(entries.size() - 1).seq(), entries.size(), bytes);
    }
}
