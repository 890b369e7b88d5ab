package org.xfchat.usage;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.xfchat.account.Authenticated;
import org.xfchat.account.CurrentCaller;

/** {@code /api/usage} (contract 1.4). */
@Path("/api/usage")
@Authenticated
public class UsageResource {
    /**
     * The contract's usage figures.
     *
     * @param messagesSent by the caller this calendar month (UTC)
     * @param documentsCreated 0 until there are documents
     * @param totalUsers live accounts
     * @param storageUsed bytes of the caller's message content (UTF-8)
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record UsageView(
            long messagesSent, long documentsCreated, long totalUsers, long storageUsed, boolean limitExceeded) {}

    private final Usage usage;
    private final CurrentCaller caller;

    UsageResource(Usage usage, CurrentCaller caller) {
        this.usage = usage;
        this.caller = caller;
    }

    @GET
    public UsageView usage() {
        return usage.of(caller.get().id());
    }
}
