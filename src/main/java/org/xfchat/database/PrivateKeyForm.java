package org.xfchat.database;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The forms in which a private key is stored: PKCS#8 (RFC 5958), which Java reads, and the key inside of it without that wrapper:
 * PKCS#1 for RSA (RFC 8017, appendix A.1.2), SEC 1 for elliptic curves (RFC 5915). Each as it is (DER), or as text (PEM, RFC
 * 7468).
 */
final class PrivateKeyForm {
    private static final Pattern PEM = Pattern.compile(
            "(?s)-----BEGIN (?<label>[A-Z ]*PRIVATE KEY)-----(?<body>.*?)-----END [A-Z ]*PRIVATE KEY-----");

    /** By the kind of key, how it signs. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    /** The key cannot be used; the message is what is to be said of its file. */
    static class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private PrivateKeyForm() {}

    /**
     * Reads a key.
     *
     * @param content of its file
     * @param certified the public key to which it belongs
     * @throws UnusableException for every other content
     */
    static PrivateKey read(byte[] content, PublicKey certified) throws UnusableException {
        byte[] key = decoded(content);
        InvalidKeySpecException unread = null;
        // A bare key does not name its algorithm, so that it is taken for one of the certificate's.
        for (byte[] form : List.of(key, enveloped(key, certified))) {
            try {
                PrivateKey read =
                        KeyFactory.getInstance(certified.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(form));
                if (!isOf(certified, read)) {
                    throw new UnusableException("is not the key of the certificate in sslcert", null);
                }
                return read;
            } catch (InvalidKeySpecException another) {
                unread = another;
            } catch (GeneralSecurityException unknown) {
                throw new UnusableException(
                        "is of a kind that Java does not know: " + certified.getAlgorithm(), unknown);
            }
        }
        throw new UnusableException(
                "holds no private key of the certificate's kind (" + certified.getAlgorithm()
                        + "): wanted is PKCS#8, PKCS#1 or SEC 1, in PEM or DER, without a passphrase",
                unread);
    }

    private static byte[] decoded(byte[] content) throws UnusableException {
        Matcher pem = PEM.matcher(new String(content, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            return content;
        }
        if (pem.group("label").startsWith("ENCRYPTED") || pem.group("body").contains("ENCRYPTED")) {
            throw new UnusableException(
                    "is encrypted: wanted is a key without a passphrase (openssl pkey -in key -out new-key)", null);
        }
        try {
            return Base64.getMimeDecoder().decode(pem.group("body"));
        } catch (IllegalArgumentException malformed) {
            throw new UnusableException("is damaged: what stands between its BEGIN and END is not base64", malformed);
        }
    }

    /** In PKCS#8, which says before the key what it is a key for, as the certificate does before its own (RFC 5280, 4.1). */
    private static byte[] enveloped(byte[] key, PublicKey certified) {
        byte[] info = certified.getEncoded();
        int start = info[1] < 0 ? 2 + (info[1] & 0x7f) : 2;
        int length = info[start + 1];
        if (length < 0) {
            // Longer than any algorithm that Java knows by its name.
            return key;
        }
        byte[] algorithm = Arrays.copyOfRange(info, start, start + 2 + length);
        return element(SEQUENCE, VERSION, algorithm, element(OCTET_STRING, key));
    }

    /** In DER (ITU-T X.690, 8.1). */
    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        int more = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
        element.write(more == 0 ? length : 0x80 | more);
        for (int i = more - 1; i >= 0; i--) {
            element.write(length >> (i * Byte.SIZE));
        }
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }

    /** What one signs the other recognises; of kinds that are not known here the server is the judge. */
    private static boolean isOf(PublicKey certified, PrivateKey key) throws GeneralSecurityException {
        String algorithm = SIGNATURES.get(certified.getAlgorithm());
        if (algorithm == null) {
            return true;
        }
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(VERSION);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(VERSION);
        try {
            return signature.verify(signed);
        } catch (SignatureException ofAnotherSize) {
            return false;
        }
    }
}
