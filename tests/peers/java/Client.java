import com.microsoft.aad.msal4j.AbstractClientApplicationBase;
import com.microsoft.aad.msal4j.AuthorizationCodeParameters;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.IAccount;
import com.microsoft.aad.msal4j.PublicClientApplication;
import com.microsoft.aad.msal4j.SilentParameters;
import com.microsoft.aad.msal4jextensions.PersistenceSettings;
import com.microsoft.aad.msal4jextensions.PersistenceTokenCacheAccessAspect;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** MSAL over one cache file: sign in, ask silently, refresh, by the library's own clients and cache aspect. */
final class Client {
    final Sts sts = new Sts();
    private final Path file;
    private final PersistenceSettings settings;
    private final Map<String, AbstractClientApplicationBase> apps = new HashMap<>();

    Client(String file) {
        this.file = Path.of(file).toAbsolutePath();
        PersistenceSettings.Builder builder =
            PersistenceSettings.builder(this.file.getFileName().toString(), this.file.getParent());
        settings = kept(builder, System.getenv("KEYRING_ITEM")).build();
    }

    /** In the file; or, where ITEM is `schema/label/attribute/value`, in the keyring with the file as its signal. */
    private static PersistenceSettings.Builder kept(PersistenceSettings.Builder builder, String item) {
        if (item == null) {
            return builder.setLinuxUseUnprotectedFileAsCacheStorage(true);
        }
        String[] of = item.split("/");
        return builder.setLinuxKeyring("default", of[0], of[1], of[2], of[3], null, null);
    }

    /** One aspect and one app for each client and authority: the memory that an app keeps is the point of `stay`. */
    private AbstractClientApplicationBase app(Row row) throws Exception {
        String key = row.get("client") + row.authority() + row.isApp();
        if (!apps.containsKey(key)) {
            PersistenceTokenCacheAccessAspect aspect = new PersistenceTokenCacheAccessAspect(settings);
            apps.put(key, row.isApp()
                ? ConfidentialClientApplication.builder(row.get("client"), ClientCredentialFactory.createFromSecret("not a secret"))
                    .authority(row.authority()).httpClient(sts).setTokenCacheAccessAspect(aspect).build()
                : PublicClientApplication.builder(row.get("client"))
                    .authority(row.authority()).httpClient(sts).setTokenCacheAccessAspect(aspect).build());
        }
        return apps.get(key);
    }

    /** Gets ROW's tokens from the fake network into the cache. */
    void obtain(Row row) throws Exception {
        sts.row = row;
        try {
            if (row.isApp()) {
                ((ConfidentialClientApplication) app(row)).acquireToken(
                    ClientCredentialParameters.builder(row.scopes()).skipCache(true).build()).get();
            } else {
                app(row).acquireToken(AuthorizationCodeParameters.builder("code", new URI("http://localhost"))
                    .scopes(row.scopes()).build()).get();
            }
        } finally {
            sts.row = null;
        }
    }

    /** Refreshes ROW as a running app would: new access, refresh and id token. */
    boolean rotate(Row row) throws Exception {
        SilentParameters parameters = SilentParameters.builder(row.scopes(), account(row)).forceRefresh(true).build();
        sts.row = row;
        try {
            return app(row).acquireTokenSilently(parameters).get() != null;
        } finally {
            sts.row = null;
        }
    }

    /** Where ROW's token comes from when the network refuses. */
    String silent(Row row) {
        int before = sts.refused;
        try {
            if (row.isApp()) {
                ((ConfidentialClientApplication) app(row)).acquireToken(
                    ClientCredentialParameters.builder(row.scopes()).build()).get();
            } else {
                app(row).acquireTokenSilently(SilentParameters.builder(row.scopes(), account(row)).build()).get();
            }
            return "cache";
        } catch (Exception error) {
            String name = Client.name(error);
            boolean asked = sts.refused > before || name.equals("MsalThrottlingException");
            return asked ? "refresh" : String.valueOf(cause(error).getMessage()).contains("not found in the cache")
                ? "none" : "error:" + name;
        }
    }

    IAccount account(Row row) throws Exception {
        for (IAccount account : app(row).getAccounts().get()) {
            if (account.homeAccountId().equals(row.homeAccountId())) {
                return account;
            }
        }
        return null;
    }

    /** Every account that any client of the cast is told of, once. */
    Collection<IAccount> accounts() throws Exception {
        Map<String, IAccount> found = new LinkedHashMap<>();
        for (Row row : Row.cast()) {
            if (row.isApp()) {
                continue;
            }
            for (IAccount account : app(row).getAccounts().get()) {
                found.putIfAbsent(account.homeAccountId() + " " + account.environment(), account);
            }
        }
        return found.values();
    }

    /** The extension's own lock, which it does not show to others, with its default patience. */
    AutoCloseable lock() throws Exception {
        Class<?> kind = Class.forName("com.microsoft.aad.msal4jextensions.CrossProcessCacheFileLock");
        Constructor<?> make = kind.getDeclaredConstructor(String.class, int.class, int.class);
        make.setAccessible(true);
        Object lock = make.newInstance(file.getParent().resolve(".lockfile").toString(),
            settings.getLockRetryDelayMilliseconds(), settings.getLockRetryNumber());
        Method take = kind.getDeclaredMethod("lock");
        Method release = kind.getDeclaredMethod("unlock");
        take.setAccessible(true);
        release.setAccessible(true);
        take.invoke(lock);
        return () -> release.invoke(lock);
    }

    static Throwable cause(Throwable error) {
        while (error.getCause() != null) {
            error = error.getCause();
        }
        return error;
    }

    static String name(Throwable error) {
        return cause(error).getClass().getSimpleName();
    }
}
