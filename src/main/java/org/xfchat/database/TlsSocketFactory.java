package org.xfchat.database;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.SslMode;
import org.postgresql.ssl.BaseX509KeyManager;
import org.postgresql.ssl.NonValidatingFactory.NonValidatingTM;
import org.postgresql.ssl.WrappedFactory;
import org.postgresql.util.PSQLException;

/**
 * TLS with the files that {@code DATABASE_URL} names, in the forms that psql takes (PostgreSQL manual, section 34.19); the
 * driver's own factory takes of the keys PKCS#8 only. The driver makes one for each connection, so that a renewed certificate
 * is used by the connections that follow.
 */
// The driver makes it by its name.
@RegisterForReflection
public final class TlsSocketFactory extends WrappedFactory {
    /** The value of {@code sslrootcert} that stands for the authorities that the Java runtime trusts. */
    static final String SYSTEM = "system";

    /** A file cannot be used; the message says which, and what is wanted. */
    static class FileException extends IOException {
        private static final long serialVersionUID = 1;

        FileException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** What is shown to a server that asks for it, whichever authorities it names, as psql does: the server says what it thinks. */
    private static final class Shown extends BaseX509KeyManager {
        private static final String ALIAS = "user";

        private final X509Certificate[] chain;
        private final PrivateKey key;

        Shown(X509Certificate[] chain, PrivateKey key) {
            this.chain = chain;
            this.key = key;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] kinds, Principal @Nullable [] authorities, @Nullable Socket socket) {
            return List.of(kinds).contains(chain[0].getPublicKey().getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.clone();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    /**
     * For the driver.
     *
     * @param properties those of the connection
     * @throws FileException where a file is missing, cannot be read, or is not what it should be
     */
    public TlsSocketFactory(Properties properties) throws IOException, GeneralSecurityException, PSQLException {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys(properties), trust(properties), null);
        factory = tls.getSocketFactory();
    }

    /** Null for those of the Java runtime. */
    private static TrustManager @Nullable [] trust(Properties properties)
            throws IOException, GeneralSecurityException, PSQLException {
        SslMode mode = SslMode.of(properties);
        Optional<Path> file = named("sslrootcert", PGProperty.SSL_ROOT_CERT, properties);
        if (file.isPresent() && file.get().toString().equals(SYSTEM)) {
            return null;
        }
        if (mode.verifyCertificate()) {
            file = file.or(() -> usual("root.crt"));
            if (file.isEmpty()) {
                throw new FileException(
                        "sslmode=" + mode.value + " needs the certificate of the server's authority: add"
                                + " sslrootcert=/path/to/ca.crt, or sslrootcert=system for those that"
                                + " the system trusts",
                        null);
            }
        } else if (file.isEmpty()) {
            return new TrustManager[] {new NonValidatingTM()};
        }
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        for (X509Certificate authority : certificates("sslrootcert", file.get())) {
            authorities.setCertificateEntry(String.valueOf(authorities.size()), authority);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        return trust.getTrustManagers();
    }

    /** Null where there is no certificate to show. */
    private static KeyManager @Nullable [] keys(Properties properties) throws IOException, GeneralSecurityException {
        Optional<Path> certificate =
                named("sslcert", PGProperty.SSL_CERT, properties).or(() -> usual("postgresql.crt"));
        Optional<Path> key = named("sslkey", PGProperty.SSL_KEY, properties)
                .or(() -> usual("postgresql.key"))
                .or(() -> usual("postgresql.pk8"));
        if (certificate.isEmpty() && PGProperty.SSL_KEY.getOrDefault(properties) == null) {
            return null;
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            throw new FileException("sslcert and sslkey go together: one of them is missing", null);
        }
        X509Certificate[] chain = certificates("sslcert", certificate.get());
        try {
            BaseX509KeyManager.validateKeyFilePermissions(key.get());
        } catch (PSQLException unsafe) {
            if (Files.exists(key.get())) {
                throw new FileException("sslkey: " + unsafe.getMessage(), unsafe);
            }
        }
        byte[] content = read("sslkey", key.get());
        try {
            return new KeyManager[] {new Shown(chain, PrivateKeyForm.read(content, chain[0].getPublicKey()))};
        } catch (PrivateKeyForm.UnusableException unusable) {
            throw new FileException("sslkey: " + key.get() + " " + unusable.getMessage(), unusable);
        }
    }

    private static Optional<Path> named(String option, PGProperty property, Properties properties)
            throws FileException {
        String name = property.getOrDefault(properties);
        try {
            return Optional.ofNullable(name).map(Path::of);
        } catch (java.nio.file.InvalidPathException malformed) {
            throw new FileException(option + " is not the name of a file", malformed);
        }
    }

    /** Where psql looks for it, too. */
    private static Optional<Path> usual(String name) {
        return Optional.of(Path.of(System.getProperty("user.home", ""), ".postgresql", name))
                .filter(Files::exists);
    }

    /** At least one. */
    private static X509Certificate[] certificates(String option, Path file) throws FileException {
        byte[] content = read(option, file);
        try {
            X509Certificate[] certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(content))
                            .stream()
                            .flatMap(each -> each instanceof X509Certificate one ? Stream.of(one) : Stream.empty())
                            .toArray(X509Certificate[]::new);
            if (certificates.length > 0) {
                return certificates;
            }
        } catch (CertificateException malformed) {
            throw new FileException(noCertificate(option, file), malformed);
        }
        throw new FileException(noCertificate(option, file), null);
    }

    private static String noCertificate(String option, Path file) {
        return option + ": " + file + " holds no X.509 certificate, in PEM or DER";
    }

    private static byte[] read(String option, Path file) throws FileException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new FileException(option + ": there is no file " + file, missing);
        } catch (AccessDeniedException denied) {
            throw new FileException(option + ": this user may not read " + file, denied);
        } catch (IOException unreadable) {
            throw new FileException(
                    option + ": " + file + " cannot be read (" + unreadable.getMessage() + ")", unreadable);
        }
    }
}
