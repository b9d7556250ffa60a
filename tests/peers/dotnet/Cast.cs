// The cast: which token requests make up a scenario, as ../cast.tsv has them. Knows no MSAL.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

sealed class Row
{
    readonly Dictionary<string, string> cells;

    Row(string[] columns, string line)
    {
        cells = columns.Zip(line.Split('\t'), (column, cell) => new { column, cell })
            .ToDictionary(pair => pair.column, pair => pair.cell == "-" ? "" : pair.cell);
    }

    public string this[string column] { get { return cells[column]; } }

    public bool IsApp { get { return this["kind"] == "app"; } }

    public string Authority { get { return "https://" + this["host"] + "/" + this["tenant"]; } }

    public string HomeAccountId { get { return this["uid"] + "." + this["utid"]; } }

    public string[] Scopes { get { return this["scopes"].Split(' '); } }

    // Rows of users and apps.
    public static List<Row> All()
    {
        string file = Environment.GetEnvironmentVariable("SALTCELLAR_PEER_CAST");
        List<string> lines = File.ReadAllLines(file).Where(line => line != "" && !line.StartsWith("#")).ToList();
        string[] columns = lines[0].Split('\t');
        return lines.Skip(1).Select(line => new Row(columns, line))
            .Where(row => row.IsApp || row["kind"] == "user").ToList();
    }

    public static List<Row> Of(string scenario)
    {
        List<Row> rows = All().Where(row => scenario == "all" || row["scenario"] == scenario).ToList();
        if (rows.Count == 0)
        {
            throw new ArgumentException("no such scenario for this peer: " + scenario);
        }
        return rows;
    }
}
