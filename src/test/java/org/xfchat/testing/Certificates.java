package org.xfchat.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** An authority, and what it signs, in a folder of a test's own; made with the JDK's keytool. */
public final class Certificates {
    private static final String PASSWORD = "changeit";
    private static final String AUTHORITY = "authority";

    private final Path folder;

    /** In this folder, where {@code authority.crt} is afterwards. */
    public Certificates(Path folder) {
        this.folder = folder;
        pair(AUTHORITY, "EC", "bc:critical=ca:true", "ku:critical=keyCertSign,cRLSign");
        certificate(AUTHORITY);
    }

    /**
     * Signs a new certificate; its file, beside {@code name.key}, its key as PKCS#8 in PEM.
     *
     * @param algorithm as keytool names it: RSA, EC or Ed25519
     * @param extensions as keytool takes them
     */
    public Path sign(String name, String algorithm, String... extensions) {
        pair(name, algorithm);
        keytool("-certreq", "-alias", name, "-file", file(name + ".csr").toString());
        List<String> sign = new ArrayList<>(List.of(
                "-gencert",
                "-alias",
                AUTHORITY,
                "-rfc",
                "-validity",
                "365",
                "-infile",
                file(name + ".csr").toString(),
                "-outfile",
                file(name + ".crt").toString()));
        for (String extension : extensions) {
            sign.addAll(List.of("-ext", extension));
        }
        keytool(sign.toArray(String[]::new));
        writeKey(name + ".key", pem("PRIVATE KEY", key(name).getEncoded()));
        return file(name + ".crt");
    }

    /** A certificate that its own key has signed. */
    private void certificate(String name) {
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                name,
                "-file",
                file(name + ".crt").toString());
    }

    private void pair(String name, String algorithm, String... extensions) {
        List<String> pair = new ArrayList<>(List.of(
                "-genkeypair", "-alias", name, "-keyalg", algorithm, "-dname", "CN=" + name, "-validity", "365"));
        for (String extension : extensions) {
            pair.addAll(List.of("-ext", extension));
        }
        keytool(pair.toArray(String[]::new));
    }

    /** The private key of a certificate. */
    public PrivateKey key(String name) {
        try (InputStream in = Files.newInputStream(file("keys.p12"))) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return (PrivateKey) keys.getKey(name, PASSWORD.toCharArray());
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** What stands inside of the envelope of PKCS#8: PKCS#1 for RSA, SEC 1 for elliptic curves. */
    public byte[] bareKey(String name) {
        byte[] enveloped = key(name).getEncoded();
        int version = content(enveloped, 0);
        int algorithm = end(enveloped, version);
        int octets = end(enveloped, algorithm);
        return Arrays.copyOfRange(enveloped, content(enveloped, octets), end(enveloped, octets));
    }

    private static int content(byte[] der, int element) {
        return element + (der[element + 1] < 0 ? 2 + (der[element + 1] & 0x7f) : 2);
    }

    private static int end(byte[] der, int element) {
        int content = content(der, element);
        int length = content == element + 2 ? der[element + 1] : 0;
        for (int i = element + 2; i < content; i++) {
            length = (length << 8) | (der[i] & 0xff);
        }
        return content + length;
    }

    /** As text with this label (RFC 7468). */
    public static byte[] pem(String label, byte[] der) {
        return ("-----BEGIN " + label + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label
                        + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** A file that only its owner may read; its path. */
    public Path writeKey(String name, byte[] content) {
        try {
            Files.deleteIfExists(file(name));
            Files.createFile(
                    file(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.write(file(name), content);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A file of the folder, whether or not it is there. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    private void keytool(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        // Each is a JVM for a moment.
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        command.addAll(
                List.of("-keystore", file("keys.p12").toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
