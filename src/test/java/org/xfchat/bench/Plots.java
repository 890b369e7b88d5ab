package org.xfchat.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Rectangle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.w3c.dom.Document;
import org.xfchat.bench.Results.Point;

/** Curves as SVG. */
final class Plots {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 400;

    /** How an axis counts. */
    enum Scale {
        LINEAR,
        LOGARITHMIC,
        /** Percentiles, each as far from its neighbours as the others. */
        PERCENTILES
    }

    /** What a plot says, and along which axes. */
    record Form(String title, String x, Scale xScale, String y, Scale yScale) {}

    /** By the name that points have, in the order of the report. */
    static final Map<String, Form> FORMS = forms();

    private static final List<Double> PERCENTILES = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0);

    private Plots() {}

    private static Map<String, Form> forms() {
        Map<String, Form> forms = new LinkedHashMap<>();
        forms.put(
                "throughput",
                new Form(
                        "Messages stored and acknowledged, 1,000 conversations",
                        "connections",
                        Scale.LOGARITHMIC,
                        "messages per second",
                        Scale.LINEAR));
        forms.put(
                "replicas",
                new Form(
                        "Replicas on one machine, whose cores they share",
                        "replicas",
                        Scale.LINEAR,
                        "messages per second",
                        Scale.LINEAR));
        forms.put(
                "latency",
                new Form(
                        "Latency at half load, open loop",
                        "percentile",
                        Scale.PERCENTILES,
                        "milliseconds",
                        Scale.LOGARITHMIC));
        forms.put("memory", new Form("Memory with idle subscribers", "subscribers", Scale.LINEAR, "MB", Scale.LINEAR));
        forms.put(
                "history",
                new Form(
                        "Cost of a page of history",
                        "messages in the conversation",
                        Scale.LOGARITHMIC,
                        "microseconds",
                        Scale.LINEAR));
        forms.put("soak", new Form("Soak", "seconds", Scale.LINEAR, "", Scale.LOGARITHMIC));
        return forms;
    }

    static void write(Path file, Form form, List<Point> points) {
        Map<String, XYSeries> curves = new LinkedHashMap<>();
        points.forEach(point -> curves.computeIfAbsent(point.curve(), XYSeries::new)
                .add(
                        form.xScale() == Scale.PERCENTILES ? PERCENTILES.indexOf(point.x()) : point.x(),
                        form.yScale() == Scale.LOGARITHMIC ? Math.max(point.y(), 1e-3) : point.y()));
        XYSeriesCollection data = new XYSeriesCollection();
        curves.values().forEach(data::addSeries);
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        for (int i = 0; i < curves.size(); i++) {
            renderer.setSeriesStroke(i, new BasicStroke(2));
        }
        XYPlot plot = new XYPlot(data, axis(form.x(), form.xScale()), axis(form.y(), form.yScale()), renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        JFreeChart chart = new JFreeChart(form.title(), plot);
        chart.setBackgroundPaint(Color.WHITE);
        SVGGraphics2D svg = new SVGGraphics2D(document());
        svg.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT));
        chart.draw(svg, new Rectangle(WIDTH, HEIGHT));
        try (var out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            svg.stream(out, true);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Document document() {
        try {
            return DocumentBuilderFactory.newNSInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(SVGGraphics2D.SVG_NAMESPACE_URI, "svg", null);
        } catch (ParserConfigurationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ValueAxis axis(String label, Scale scale) {
        return switch (scale) {
            case LINEAR -> {
                NumberAxis axis = new NumberAxis(label);
                axis.setAutoRangeIncludesZero(true);
                yield axis;
            }
            case LOGARITHMIC -> {
                LogAxis axis = new LogAxis(label);
                axis.setStandardTickUnits(NumberAxis.createStandardTickUnits());
                yield axis;
            }
            case PERCENTILES ->
                new SymbolAxis(
                        label,
                        PERCENTILES.stream()
                                .map(percentile -> percentile == 100
                                        ? "max"
                                        : "p" + percentile.toString().replaceFirst("\\.0$", ""))
                                .toArray(String[]::new));
        };
    }
}
