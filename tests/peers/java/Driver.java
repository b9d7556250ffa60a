import com.microsoft.aad.msal4j.IAccount;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** MSAL4J as a test peer: the commands of ../peer. Prints one line of JSON at the end. */
public final class Driver {
    private static String file;

    private Driver() {
    }

    public static void main(String[] words) throws Exception {
        file = words[1];
        if (words[0].equals("ask")) {
            Ask.all(file);
            System.exit(0);
        }
        finish(run(words[0], words));
    }

    private static Object run(String command, String[] words) throws Exception {
        switch (command) {
            case "make": return make(words.length > 2 ? words[2] : "work");
            case "read": return seen(new Client(file));
            case "hold": return hold(Double.parseDouble(words[2]));
            case "wait": return waitFor(words.length > 2 ? Double.parseDouble(words[2]) : 600);
            case "write": return write(words[3], asked -> asked < Integer.parseInt(words[2]));
            case "loop":
                long end = System.nanoTime() + (long) (Double.parseDouble(words[2]) * 1e9);
                return write(words[3], asked -> System.nanoTime() < end);
            case "rotate": return rotate(words[2]);
            case "stay": return stay();
            default: throw new IllegalArgumentException("no such command: " + command);
        }
    }

    private static Object make(String scenario) throws Exception {
        Client client = new Client(file);
        List<Row> rows = Row.scenario(scenario);
        for (Row row : rows) {
            client.obtain(row);
        }
        return Json.object("file", file, "bytes", Files.size(Path.of(file)), "requests", rows.size());
    }

    /** What the library makes of the file: its accounts, and where each token of the cast comes from. */
    private static Object seen(Client client) throws Exception {
        List<Object> accounts = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (IAccount account : client.accounts()) {
            known.add(account.homeAccountId());
            accounts.add(Json.object("username", account.username(), "home_account_id", account.homeAccountId(),
                "environment", account.environment()));
        }
        List<Object> silent = new ArrayList<>();
        for (Row row : Row.cast()) {
            if (row.isApp() || known.contains(row.homeAccountId())) {
                silent.add(Json.object("username", row.get("username"), "client_id", row.get("client"),
                    "realm", row.get("tenant"), "kind", row.get("kind"), "scopes", row.scopes(),
                    "from", client.silent(row)));
            }
        }
        return Json.object("accounts", accounts, "silent", silent);
    }

    private static Object hold(double seconds) throws Exception {
        try (AutoCloseable lock = new Client(file).lock()) {
            say("LOCKED");
            Thread.sleep((long) (seconds * 1000));
        }
        return Json.object("held", seconds);
    }

    private static Object waitFor(double limit) {
        long began = System.nanoTime();
        Thread watch = new Thread(() -> giveUp(limit, began));
        watch.setDaemon(true);
        watch.start();
        try (AutoCloseable lock = new Client(file).lock()) {
            return Json.object("outcome", "acquired", "seconds", since(began), "error", null);
        } catch (Exception error) {
            return Json.object("outcome", "error", "seconds", since(began), "error", Client.name(error));
        }
    }

    private static void giveUp(double limit, long began) {
        try {
            Thread.sleep((long) (limit * 1000));
        } catch (InterruptedException stopped) {
            return;
        }
        finish(Json.object("outcome", "error", "seconds", since(began), "error", "StillWaiting"));
    }

    private static Object write(String id, IntPredicate more) throws Exception {
        Client client = new Client(file);
        List<String> acked = new ArrayList<>();
        Map<String, Integer> errors = new TreeMap<>();
        double slowest = 0;
        int asked = 0;
        while (more.test(asked)) {
            Row row = Row.writer(id, asked++);
            long began = System.nanoTime();
            try {
                client.obtain(row);
                acked.add(row.get("scopes"));
            } catch (Exception error) {
                errors.merge(Client.name(error), 1, Integer::sum);
            }
            slowest = Math.max(slowest, since(began));
            Thread.sleep((long) (Math.random() * 50));
        }
        return Json.object("id", id, "asked", asked, "acked", acked, "errors", errors, "slowest", slowest);
    }

    private static Object rotate(String username) throws Exception {
        Client client = new Client(file);
        for (Row row : Row.cast()) {
            if (!row.isApp() && row.get("username").equals(username) && client.account(row) != null) {
                return Json.object("username", username, "client_id", row.get("client"), "rotated", client.rotate(row));
            }
        }
        throw new IllegalArgumentException("no such account: " + username);
    }

    private static Object stay() throws Exception {
        Client client = new Client(file);
        client.accounts();
        say("LOADED");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        int touched = 0;
        for (String order = orders.readLine(); order != null && !order.equals("quit"); order = orders.readLine()) {
            if (order.equals("touch")) {
                client.obtain(Row.writer("stay", touched++));
                say("DONE");
            } else if (order.equals("read")) {
                say(Json.print(seen(client)));
            }
        }
        return Json.object("touched", touched);
    }

    private static double since(long began) {
        return Math.round((System.nanoTime() - began) / 1e7) / 100.0;
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Ends at once: MSAL's worker threads would keep the process a while. */
    private static void finish(Object report) {
        say(Json.print(report));
        System.exit(0);
    }
}
