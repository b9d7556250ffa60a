import com.microsoft.aad.msal4j.HttpRequest;
import com.microsoft.aad.msal4j.HttpResponse;
import com.microsoft.aad.msal4j.IHttpClient;
import com.microsoft.aad.msal4j.IHttpResponse;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A token service inside the process: an http client for MSAL that answers from the cast and opens no socket. */
final class Sts implements IHttpClient {
    private static final List<String> ALIASES =
        List.of("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net");
    /** Whose tokens are given next; without a row every token request is refused and counted. */
    volatile Row row;
    volatile int refused;
    private long serial = System.nanoTime();

    @Override
    public synchronized IHttpResponse send(HttpRequest request) throws Exception {
        URL where = request.url();
        if (where.getPath().endsWith("/discovery/instance")) {
            return answer(200, Json.object(
                "tenant_discovery_endpoint", "https://" + where.getHost() + "/common/v2.0/.well-known/openid-configuration",
                "metadata", List.of(Json.object("preferred_network", ALIASES.get(0), "preferred_cache", ALIASES.get(1),
                    "aliases", ALIASES))));
        }
        if (where.getPath().endsWith("/token") && row != null) {
            return answer(200, tokens(row, System.currentTimeMillis() / 1000, ++serial));
        }
        refused++;
        return answer(400, Json.object("error", "temporarily_unavailable", "error_description", "no network here"));
    }

    static IHttpResponse answer(int status, Map<String, Object> body) {
        HttpResponse response = new HttpResponse();
        response.addHeaders(Map.of("Content-Type", List.of("application/json")));
        return response.statusCode(status).body(Json.print(body));
    }

    private static Map<String, Object> tokens(Row row, long now, long serial) throws Exception {
        long life = Long.parseLong(row.get("expires_in"));
        Map<String, Object> claims = Json.object("aud", row.scopes().iterator().next(), "iat", now, "exp", now + life,
            "appid", row.get("client"), "tid", row.get("tenant"), "oid", row.get("oid"), "ver", "1.0");
        Map<String, Object> body = Json.object("token_type", "Bearer", "scope", row.get("scopes"), "expires_in", life,
            "ext_expires_in", life, "access_token", jwt(claims, row, "at", serial));
        if (!row.get("refresh_in").isEmpty()) {
            body.put("refresh_in", Long.parseLong(row.get("refresh_in")));
        }
        if (row.isApp()) {
            return body;
        }
        Map<String, Object> identity = Json.object("aud", row.get("client"), "iss", row.authority() + "v2.0", "iat", now,
            "exp", now + 3600, "sub", row.get("oid"), "oid", row.get("oid"), "tid", row.get("tenant"),
            "name", row.get("name"), "preferred_username", row.get("username"), "ver", "2.0");
        body.put("refresh_token", "1.fabricated." + noise(row, "rt", serial, 600));
        body.put("id_token", jwt(identity, row, "idt", serial));
        body.put("client_info", coded(Json.object("uid", row.get("uid"), "utid", row.get("utid"))));
        if (!row.get("family").isEmpty()) {
            body.put("foci", row.get("family"));
        }
        return body;
    }

    private static String jwt(Map<String, Object> claims, Row row, String purpose, long serial) throws Exception {
        return coded(Json.object("typ", "JWT", "alg", "RS256", "kid", "fabricated")) + "." + coded(claims) + "."
            + noise(row, purpose, serial, 342);
    }

    private static String coded(Map<String, Object> value) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.print(value).getBytes(StandardCharsets.UTF_8));
    }

    private static String noise(Row row, String purpose, long serial, int length) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int block = 0; text.length() < length; block++) {
            String seed = purpose + row.get("username") + row.get("client") + row.get("scopes") + serial + "/" + block;
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(seed.getBytes(StandardCharsets.UTF_8));
            text.append(Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
        }
        return text.substring(0, length);
    }
}
