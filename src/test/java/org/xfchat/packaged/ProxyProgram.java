package org.xfchat.packaged;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.xfchat.testing.Service;

/** A real proxy that runs with its example of deploy/proxy, before one service. */
final class ProxyProgram implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);
    private static final char[] PASSWORD = "changeit".toCharArray();

    /** The examples, and what their comments say can be chosen. */
    enum Example {
        NGINX("nginx", "nginx.conf", "", ""),
        NGINX_AS_IT_IS_BY_ITSELF(
                "nginx", "nginx.conf", "proxy_http_version 1.1;\n        proxy_set_header Connection \"\";", ""),
        HAPROXY("haproxy", "haproxy.cfg", "", ""),
        HAPROXY_WITH_HTTP_2("haproxy", "haproxy.cfg", " check\n", " proto h2\n"),
        CADDY("caddy", "Caddyfile", "", ""),
        CADDY_WITH_HTTP_2("caddy", "Caddyfile", "reverse_proxy ", "reverse_proxy h2c://"),
        ENVOY("envoy", "envoy.yaml", "", ""),
        ENVOY_WITH_HTTP_2("envoy", "envoy.yaml", "{http_protocol_options: {}}", "{http2_protocol_options: {}}");

        private final String program;
        private final Path file;
        private final String instead;
        private final String of;

        Example(String program, String file, String of, String instead) {
            this.program = program;
            this.file = Path.of("deploy", "proxy", file);
            this.of = of;
            this.instead = instead;
        }

        /** What this needs and the machine has not; empty where it has all. */
        String missing() {
            return path().isPresent() ? "" : "needs " + program + ": install it, in PATH or in /usr/sbin";
        }

        /** Not Caddy before 2.8. */
        boolean keepsCuts() {
            return !program.equals("caddy") || !said("version").matches("(?s)v?2\\.[0-7]\\..*");
        }

        /** HAProxy ends there in order what is cut behind it; tried with 2.6. */
        boolean keepsCutsOverHttp2() {
            return !program.equals("haproxy");
        }

        private String said(String argument) {
            try {
                Process run = new ProcessBuilder(path().orElseThrow().toString(), argument).start();
                return new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private Optional<Path> path() {
            String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin"
                    + File.pathSeparator + "/usr/local/sbin" + File.pathSeparator + "/opt/homebrew/bin";
            return Arrays.stream(path.split(File.pathSeparator, -1))
                    .filter(part -> !part.isEmpty())
                    .map(part -> Path.of(part, program))
                    .filter(Files::isExecutable)
                    .findFirst();
        }

        private String text() throws IOException {
            String text = Files.readString(file);
            if (!text.contains(of)) {
                throw new AssertionError(file + " does not have " + of);
            }
            return text.replace(of, instead);
        }
    }

    private final Path folder;
    private final int port;
    private final Process process;
    private final SSLContext trusting;

    ProxyProgram(Example example, Service service) {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
            folder = Files.createTempDirectory("xfchat-proxy");
            trusting = certificate();
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
        try {
            process = new ProcessBuilder(command(example, service))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        await("it listens").atMost(START).until(() -> !process.isAlive() || accepts());
        if (!process.isAlive()) {
            throw new AssertionError(example + " ended: " + log());
        }
    }

    /** A name's own certificate, as the examples want it. */
    private SSLContext certificate() throws IOException, GeneralSecurityException {
        Path store = folder.resolve("store");
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "proxy",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        String chain = pem("CERTIFICATE", keys.getCertificate("proxy").getEncoded());
        String key = pem("PRIVATE KEY", keys.getKey("proxy", PASSWORD).getEncoded());
        Files.writeString(folder.resolve("fullchain.pem"), chain);
        Files.writeString(folder.resolve("privkey.pem"), key);
        Files.writeString(folder.resolve("chat.pem"), chain + key);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("proxy", keys.getCertificate("proxy"));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + kind + "-----\n";
    }

    private void run(String... command) throws IOException {
        try {
            Process run = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            if (run.waitFor() != 0) {
                throw new AssertionError(List.of(command).get(0) + " failed: " + log());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** Writes the example with this machine's port, service and certificate. */
    private List<String> command(Example example, Service service) throws IOException {
        String text = example.text()
                .replace("127.0.0.1:3000", "127.0.0.1:" + service.port())
                .replace("port_value: 3000", "port_value: " + service.port())
                .replace("port_value: 443", "port_value: " + port)
                .replace("listen 443", "listen 127.0.0.1:" + port)
                .replace("bind :443", "bind 127.0.0.1:" + port)
                .replace("/etc/ssl/xfchat/", folder + "/");
        String program = example.path().orElseThrow().toString();
        Path file = folder.resolve(example.file.getFileName());
        switch (example.program) {
            case "nginx" -> {
                String user = System.getProperty("user.name").equals("root") ? "user root;\n" : "";
                String temporary = List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi").stream()
                        .map(kind -> kind + "_temp_path " + folder.resolve(kind) + ";\n")
                        .reduce("", String::concat);
                Files.writeString(file, text);
                Path main = folder.resolve("main.conf");
                Files.writeString(
                        main,
                        user + "daemon off;\npid " + folder.resolve("pid") + ";\nerror_log stderr;\nevents {}\nhttp {\n"
                                + "access_log off;\n" + temporary + "include " + file + ";\n}\n");
                return List.of(program, "-p", folder.toString(), "-c", main.toString());
            }
            case "caddy" -> {
                Files.writeString(
                        file,
                        "{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system " + folder + "\n}\n"
                                + text.replace(
                                        "chat.example.com {",
                                        "https://localhost:" + port + " {\n\ttls " + folder.resolve("fullchain.pem")
                                                + " " + folder.resolve("privkey.pem")));
                return List.of(program, "run", "--config", file.toString(), "--adapter", "caddyfile");
            }
            case "envoy" -> {
                Files.writeString(file, text);
                return List.of(
                        program, "-c", file.toString(), "--disable-hot-restart", "--concurrency", "1", "-l", "warn");
            }
            default -> {
                Files.writeString(file, text);
                return List.of(program, "-db", "-f", file.toString());
            }
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    int port() {
        return port;
    }

    /** Trusts its certificate, which is localhost's. */
    SSLContext trusting() {
        return trusting;
    }

    /** What it said so far. */
    String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
