// JSON as far as this peer writes it.
using System.Collections.Generic;
using System.Linq;
using System.Text;

static class Json
{
    // TEXT in quotes; null as null.
    public static string Text(string text)
    {
        if (text == null)
        {
            return "null";
        }
        var told = new StringBuilder("\"");
        foreach (char one in text)
        {
            told.Append(one < ' ' || one == '"' || one == '\\' || one > '~' ? string.Format("\\u{0:x4}", (int)one) : one.ToString());
        }
        return told.Append('"').ToString();
    }

    // An object of texts: name, value, name, value.
    public static string Texts(params string[] pairs)
    {
        var members = new List<string>();
        for (int i = 0; i + 1 < pairs.Length; i += 2)
        {
            members.Add(Text(pairs[i]) + ":" + Text(pairs[i + 1]));
        }
        return "{" + string.Join(",", members) + "}";
    }

    public static string List(IEnumerable<string> values)
    {
        return "[" + string.Join(",", values) + "]";
    }
}
