package org.xfchat.answer;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;
import org.xfchat.answer.AnswerMemory.Hold;
import org.xfchat.user.CurrentCaller;

/** The room for this request's answer. */
@RequestScoped
public class CurrentHold {
    private final AnswerMemory memory;
    private final CurrentCaller caller;
    private @Nullable Hold hold;

    CurrentHold(AnswerMemory memory, CurrentCaller caller) {
        this.memory = memory;
        this.caller = caller;
    }

    /** Closed at the end of the request, unless the answer is being sent by then. */
    public Hold get() {
        Hold known = hold;
        if (known == null) {
            known = memory.hold(caller.find().orElse(null));
            hold = known;
        }
        return known;
    }

    /** The same, to be closed by who takes it. */
    public Hold take() {
        Hold taken = get();
        hold = null;
        return taken;
    }

    @PreDestroy
    void end() {
        if (hold != null) {
            hold.close();
        }
    }
}
