package org.xfchat;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** The defaults of the variables that {@link Settings} names, weaker than anything that is given in any way. */
public class DefaultsSource implements ConfigSource {
    private static final int ORDINAL = 1;

    private static final Map<String, String> BY_NAME = Stream.of(Settings.values())
            .filter(setting -> setting.byDefault().isPresent())
            .collect(Collectors.toUnmodifiableMap(
                    Settings::name, setting -> setting.byDefault().orElseThrow()));

    @Override
    public int getOrdinal() {
        return ORDINAL;
    }

    @Override
    public String getName() {
        return "defaults of variables";
    }

    @Override
    public Set<String> getPropertyNames() {
        return Set.of();
    }

    @Override
    public @Nullable String getValue(String name) {
        return BY_NAME.get(name);
    }
}
