import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints maps, lists, numbers and strings as JSON. Reads nothing. */
final class Json {
    private Json() {
    }

    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    static String print(Object value) {
        StringBuilder text = new StringBuilder();
        print(value, text);
        return text.toString();
    }

    private static void print(Object value, StringBuilder text) {
        if (value instanceof Map) {
            String comma = "{";
            for (Map.Entry<?, ?> member : ((Map<?, ?>) value).entrySet()) {
                text.append(comma);
                quote((String) member.getKey(), text);
                text.append(':');
                print(member.getValue(), text);
                comma = ",";
            }
            text.append(comma.equals("{") ? "{}" : "}");
        } else if (value instanceof Collection) {
            String comma = "[";
            for (Object item : (Collection<?>) value) {
                text.append(comma);
                print(item, text);
                comma = ",";
            }
            text.append(comma.equals("[") ? "[]" : "]");
        } else if (value instanceof String) {
            quote((String) value, text);
        } else {
            text.append(value);
        }
    }

    private static void quote(String value, StringBuilder text) {
        text.append('"');
        for (char c : value.toCharArray()) {
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
