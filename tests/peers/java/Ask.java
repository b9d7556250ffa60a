import com.microsoft.aad.msal4j.AbstractClientApplicationBase;
import com.microsoft.aad.msal4j.ClaimsRequest;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.HttpRequest;
import com.microsoft.aad.msal4j.IAccount;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IHttpClient;
import com.microsoft.aad.msal4j.IHttpResponse;
import com.microsoft.aad.msal4j.ITenantProfile;
import com.microsoft.aad.msal4j.PublicClientApplication;
import com.microsoft.aad.msal4j.SilentParameters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/** What MSAL4J answers to cases of ../cases.py, in memory. The network refuses everything. */
final class Ask {
    private static final String NOT_SIGNED_IN = "Token not found in the cache";
    /** Work is done where it is asked for: thousands of cases need no threads. */
    private static final ExecutorService HERE = new Here();

    private Ask() {
    }

    static void all(String file) throws IOException {
        PrintStream out = new PrintStream(System.out, false);
        try (BufferedReader cases = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
            for (String line = cases.readLine(); line != null; line = cases.readLine()) {
                out.println(Json.print(answer((Map<?, ?>) Json.read(line))));
            }
        }
        out.flush();
    }

    /** One answer: what comes first, the token that is handed out, the refresh tokens tried. */
    private static Object answer(Map<?, ?> given) {
        Refusing network = new Refusing();
        String secret = null, outcome, problem = null;
        try {
            secret = ask((Map<?, ?>) given.get("request"), (String) given.get("cache"), network);
            outcome = "cache";
        } catch (Exception error) {
            Throwable cause = Client.cause(error);
            problem = cause.getClass().getSimpleName() + ": " + cause.getMessage();
            outcome = NOT_SIGNED_IN.equals(cause.getMessage()) ? "interaction" : "error";
        }
        return Json.object("number", given.get("number"), "outcome", network.asked.isEmpty() ? outcome : "refresh",
            "secret", secret, "error", problem, "refresh_tokens", network.refreshTokens());
    }

    private static String ask(Map<?, ?> request, String cache, Refusing network) throws Exception {
        Set<String> scopes = new LinkedHashSet<>();
        ((List<?>) request.get("scopes")).forEach(scope -> scopes.add((String) scope));
        ClaimsRequest claims = request.get("claims") == null
            ? null : ClaimsRequest.formatAsClaimsRequest((String) request.get("claims"));
        boolean force = (Boolean) request.get("force_refresh");
        AbstractClientApplicationBase app = app(request, network);
        app.tokenCache().deserialize(cache);
        if ((Boolean) request.get("app_only")) {
            return token(((ConfidentialClientApplication) app).acquireToken(
                ClientCredentialParameters.builder(scopes).claims(claims).skipCache(force).build()).get());
        }
        IAccount account = new Known((String) request.get("account"), (String) request.get("account_environment"));
        return token(app.acquireTokenSilently(
            SilentParameters.builder(scopes, account).claims(claims).forceRefresh(force).build()).get());
    }

    private static String token(IAuthenticationResult result) {
        return result.accessToken();
    }

    private static AbstractClientApplicationBase app(Map<?, ?> request, Refusing network) throws Exception {
        String client = (String) request.get("client"), authority = request.get("authority") + "/";
        if ((Boolean) request.get("app_only")) {
            return ConfidentialClientApplication.builder(client, ClientCredentialFactory.createFromSecret("not a secret"))
                .authority(authority).httpClient(network).executorService(HERE).build();
        }
        PublicClientApplication.Builder builder =
            PublicClientApplication.builder(client).httpClient(network).executorService(HERE);
        return authority.contains("/b2c_") ? builder.b2cAuthority(authority).build() : builder.authority(authority).build();
    }

    /** An account as an app remembers it. */
    private static final class Known implements IAccount {
        private final String homeAccountId;
        private final String environment;

        Known(String homeAccountId, String environment) {
            this.homeAccountId = homeAccountId;
            this.environment = environment;
        }

        @Override
        public String homeAccountId() {
            return homeAccountId;
        }

        @Override
        public String environment() {
            return environment;
        }

        @Override
        public String username() {
            return "ada";
        }

        @Override
        public Map<String, ITenantProfile> getTenantProfiles() {
            return Map.of();
        }
    }

    /** A network that knows where the endpoints are, and notes every token that is asked for. */
    private static final class Refusing implements IHttpClient {
        /** What the real discovery endpoint tells of every cloud. */
        private static final List<List<String>> CLOUDS = List.of(
            List.of("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"),
            List.of("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
            List.of("login.microsoftonline.de"),
            List.of("login.microsoftonline.us", "login.usgovcloudapi.net"),
            List.of("login-us.microsoftonline.com"));
        private final List<String> asked = new ArrayList<>();

        @Override
        public IHttpResponse send(HttpRequest request) {
            if (request.url().getPath().endsWith("/discovery/instance")) {
                return Sts.answer(200, discovery(request.url().getHost()));
            }
            asked.add(refreshToken(request.body()));
            return Sts.answer(400, Json.object(
                "error", "invalid_grant", "suberror", "client_mismatch", "error_description", "refused"));
        }

        private static Map<String, Object> discovery(String host) {
            List<Object> metadata = new ArrayList<>();
            for (List<String> aliases : CLOUDS) {
                metadata.add(Json.object("preferred_network", aliases.get(0),
                    "preferred_cache", aliases.get(aliases.size() - 1), "aliases", aliases));
            }
            return Json.object("tenant_discovery_endpoint",
                "https://" + host + "/common/v2.0/.well-known/openid-configuration", "metadata", metadata);
        }

        private static String refreshToken(String form) {
            for (String field : form.split("&")) {
                if (field.startsWith("refresh_token=")) {
                    return URLDecoder.decode(field.substring("refresh_token=".length()), StandardCharsets.UTF_8);
                }
            }
            return "";
        }

        List<String> refreshTokens() {
            List<String> tokens = new ArrayList<>(asked);
            tokens.removeIf(String::isEmpty);
            return tokens;
        }
    }
}
