package org.xfchat.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** An advisory is left out of the audit only for a stated reason, for one component, and not for ever. */
class AuditTest {
    private static final Path SUPPRESSIONS = Path.of(".github", "audit-suppressions.xml");
    private static final int LONGEST_MONTHS = 6;

    private static List<Element> suppressions() throws IOException, ParserConfigurationException, SAXException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        NodeList nodes = factory.newDocumentBuilder()
                .parse(SUPPRESSIONS.toFile())
                .getDocumentElement()
                .getElementsByTagName("suppress");
        List<Element> suppressions = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            suppressions.add((Element) nodes.item(i));
        }
        return suppressions;
    }

    private static String text(Element suppression, String... names) {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            NodeList nodes = suppression.getElementsByTagName(name);
            for (int i = 0; i < nodes.getLength(); i++) {
                text.append(nodes.item(i).getTextContent().strip());
            }
        }
        return text.toString();
    }

    @Test
    void everySuppressionHasAReasonAComponentAnAdvisoryAndAnEnd() throws Exception {
        LocalDate today = LocalDate.now(Clock.systemUTC());
        assertThat(suppressions()).allSatisfy(suppression -> {
            assertThat(text(suppression, "notes")).hasSizeGreaterThan(30);
            assertThat(text(suppression, "packageUrl", "gav")).isNotEmpty();
            assertThat(text(suppression, "cve", "vulnerabilityName")).matches("(CVE|GHSA)-[\\w-]+");
            assertThat(LocalDate.parse(suppression.getAttribute("until").replace("Z", "")))
                    .isAfter(today)
                    .isBefore(today.plusMonths(LONGEST_MONTHS));
        });
    }

    @Test
    void theProfileUsesThemAndFailsFromSevenOn() throws IOException {
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains(
                        "<failBuildOnCVSS>7</failBuildOnCVSS>",
                        "<suppressionFile>${project.basedir}/.github/audit-suppressions.xml");
    }
}
