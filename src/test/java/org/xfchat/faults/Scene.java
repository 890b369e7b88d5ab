package org.xfchat.faults;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.xfchat.faults.Cluster.Account;

/**
 * Who talks where in a round.
 *
 * @param members take part in every conversation
 * @param stranger takes part in none
 */
record Scene(List<UUID> conversations, List<Account> members, Account stranger) {
    static Scene in(Cluster cluster, int conversations) {
        List<Account> members = Stream.generate(cluster::account).limit(4).toList();
        List<UUID> ids = IntStream.range(0, conversations)
                .mapToObj(i -> cluster.conversationOf(members))
                .toList();
        return new Scene(ids, members, cluster.account());
    }
}
