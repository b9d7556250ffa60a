import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One token request of the cast (../cast.tsv). Knows no MSAL. */
final class Row {
    private static final String OWN_APP = "a99a99a9-0000-4000-8000-000000000a99";
    private static final String CONTOSO = "c0de0000-0000-4000-8000-00000000c0de";
    private final Map<String, String> cells;

    private Row(Map<String, String> cells) {
        this.cells = cells;
    }

    static List<Row> cast() throws IOException {
        List<Row> rows = new ArrayList<>();
        String[] columns = null;
        for (String line : Files.readAllLines(Path.of(System.getProperty("saltcellar.cast")), StandardCharsets.UTF_8)) {
            String[] words = line.split("\t");
            if (line.startsWith("#")) {
                continue;
            }
            if (columns == null) {
                columns = words;
                continue;
            }
            Row row = of(columns, words);
            if (row.get("kind").equals("user") || row.isApp()) {
                rows.add(row);
            }
        }
        return rows;
    }

    static List<Row> scenario(String name) throws IOException {
        List<Row> rows = cast();
        rows.removeIf(row -> !name.equals("all") && !row.get("scenario").equals(name));
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("no such scenario for this peer: " + name);
        }
        return rows;
    }

    /** Request NUMBER of the test writer ID: a token of its own resource. */
    static Row writer(String id, int number) {
        StringBuilder hex = new StringBuilder("000000000000");
        for (byte octet : id.getBytes(StandardCharsets.UTF_8)) {
            hex.append(String.format("%02x", octet));
        }
        String uid = "00000000-0000-4000-8000-" + hex.substring(hex.length() - 12);
        String columns = "kind username name uid utid oid tenant client host scopes expires_in";
        return of(columns.split(" "), new String[] {
            "user", "writer." + id + "@contoso.com", "Writer " + id + " ñ", uid, CONTOSO, uid, CONTOSO, OWN_APP,
            "login.microsoftonline.com", "https://" + id + "-" + number + ".example.net/.default", "3599"});
    }

    private static Row of(String[] columns, String[] words) {
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < columns.length; i++) {
            cells.put(columns[i], words[i].equals("-") ? "" : words[i]);
        }
        return new Row(cells);
    }

    String get(String column) {
        return cells.getOrDefault(column, "");
    }

    boolean isApp() {
        return get("kind").equals("app");
    }

    String authority() {
        return "https://" + get("host") + "/" + get("tenant") + "/";
    }

    String homeAccountId() {
        return get("uid") + "." + get("utid");
    }

    Set<String> scopes() {
        return new LinkedHashSet<>(Arrays.asList(get("scopes").split(" ")));
    }
}
