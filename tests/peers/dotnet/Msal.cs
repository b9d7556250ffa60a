// MSAL.NET over one cache, by its own clients and the cache helper of its own extension: `make`, `read`, `apps` and `stay` of
// ../peer.
// A file in the clear; or, where KEYRING_ITEM says SCHEMA/LABEL/NAME/VALUE/NAME/VALUE, the keyring with FILE as its signal.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.Extensions.Msal;

static class Program
{
    static int Main(string[] words)
    {
        return Run(words[0], new Client(words[1]), words.Skip(2).ToArray()).GetAwaiter().GetResult();
    }

    static async Task<int> Run(string command, Client client, string[] words)
    {
        switch (command)
        {
            case "make":
                List<Row> rows = Row.Of(words.Length > 0 ? words[0] : "work");
                foreach (Row row in rows)
                {
                    await client.Obtain(row);
                }
                Console.WriteLine("{{\"file\":{0},\"requests\":{1}}}", Json.Text(client.File), rows.Count);
                return 0;
            case "read":
                Console.WriteLine(await client.Seen());
                return 0;
            case "apps":
                Console.WriteLine("{\"silent\":" + await client.Told(Row.All().Where(row => row.IsApp)) + "}");
                return 0;
            case "stay":
                await client.Accounts();
                Console.WriteLine("LOADED");
                for (string order = Console.ReadLine(); order != null && order.Trim() != "quit"; order = Console.ReadLine())
                {
                    if (order.Trim() == "read")
                    {
                        Console.WriteLine(await client.Seen());
                    }
                }
                Console.WriteLine("{\"touched\":0}");
                return 0;
            default:
                Console.Error.WriteLine("dotnet peer: only make, read, apps, stay, hold, wait and watch");
                return 2;
        }
    }
}

sealed class Client
{
    public readonly string File;
    readonly Sts sts = new Sts();
    readonly Dictionary<string, IClientApplicationBase> apps = new Dictionary<string, IClientApplicationBase>();
    MsalCacheHelper helper;

    public Client(string file)
    {
        File = file;
    }

    async Task<MsalCacheHelper> Helper()
    {
        if (helper == null)
        {
            var storage = new StorageCreationPropertiesBuilder(Path.GetFileName(File), Path.GetDirectoryName(Path.GetFullPath(File)));
            string[] item = (Environment.GetEnvironmentVariable("KEYRING_ITEM") ?? "").Split('/');
            storage = item.Length == 6
                ? storage.WithLinuxKeyring(item[0], MsalCacheHelper.LinuxKeyRingDefaultCollection, item[1], Pair(item[2], item[3]), Pair(item[4], item[5]))
                : storage.WithLinuxUnprotectedFile();
            helper = await MsalCacheHelper.CreateAsync(storage.Build());
        }
        return helper;
    }

    static KeyValuePair<string, string> Pair(string name, string value)
    {
        return new KeyValuePair<string, string>(name, value);
    }

    // One app for each client: the memory that an app keeps is the point of `stay`.
    async Task<IClientApplicationBase> App(Row row)
    {
        string key = row["client"] + " " + (row.IsApp ? row.Authority : "");
        IClientApplicationBase app;
        if (apps.TryGetValue(key, out app))
        {
            return app;
        }
        if (row.IsApp)
        {
            IConfidentialClientApplication confidential = ConfidentialClientApplicationBuilder.Create(row["client"])
                .WithClientSecret("not a secret").WithAuthority(row.Authority).WithHttpClientFactory(sts).Build();
            (await Helper()).RegisterCache(confidential.AppTokenCache);
            app = confidential;
        }
        else
        {
            app = PublicClientApplicationBuilder.Create(row["client"]).WithAuthority("https://" + row["host"] + "/common")
                .WithHttpClientFactory(sts).Build();
            (await Helper()).RegisterCache(app.UserTokenCache);
        }
        apps.Add(key, app);
        return app;
    }

    // Gets ROW's tokens from the fake network into the cache.
    public async Task Obtain(Row row)
    {
        IClientApplicationBase app = await App(row);
        sts.Row = row;
        if (row.IsApp)
        {
            await ((IConfidentialClientApplication)app).AcquireTokenForClient(row.Scopes).WithForceRefresh(true).ExecuteAsync();
        }
        else
        {
            await ((IPublicClientApplication)app).AcquireTokenWithDeviceCode(row.Scopes, _ => Task.CompletedTask)
                .WithTenantId(row["tenant"]).ExecuteAsync();
        }
        sts.Row = null;
    }

    // Where ROW's token comes from when the network refuses.
    async Task<string> Silent(Row row)
    {
        int before = sts.Refused;
        try
        {
            return Source(await Ask(row, await App(row)));
        }
        catch (MsalException error)
        {
            bool isNone = error.ErrorCode == MsalError.NoTokensFoundError || error.ErrorCode == MsalError.UserNullError;
            return sts.Refused > before ? "refresh" : isNone ? "none" : "error:" + error.ErrorCode;
        }
    }

    static string Source(AuthenticationResult result)
    {
        return result.AuthenticationResultMetadata.TokenSource == TokenSource.Cache ? "cache" : "none";
    }

    async Task<AuthenticationResult> Ask(Row row, IClientApplicationBase app)
    {
        if (row.IsApp)
        {
            return await ((IConfidentialClientApplication)app).AcquireTokenForClient(row.Scopes).ExecuteAsync();
        }
        IAccount account = (await app.GetAccountsAsync()).FirstOrDefault(one => one.HomeAccountId.Identifier == row.HomeAccountId);
        var silent = app.AcquireTokenSilent(row.Scopes, account);
        // As apps ask: in the account's own tenant, unless they name another. Personal accounts are not found by their tenant's id.
        return await (row["tenant"] == row["utid"] ? silent : silent.WithTenantId(row["tenant"])).ExecuteAsync();
    }

    // Every account that any client of the cast is told of, once.
    public async Task<List<IAccount>> Accounts()
    {
        var found = new Dictionary<string, IAccount>();
        foreach (Row row in Row.All().Where(row => !row.IsApp))
        {
            foreach (IAccount account in await (await App(row)).GetAccountsAsync())
            {
                found[account.HomeAccountId.Identifier + " " + account.Environment] = account;
            }
        }
        return found.Values.ToList();
    }

    // What the library makes of the cache: its accounts, and where each token of the cast comes from.
    public async Task<string> Seen()
    {
        List<IAccount> accounts = await Accounts();
        var known = new HashSet<string>(accounts.Select(account => account.HomeAccountId.Identifier));
        // Apps are asked of a cache without users alone: one in which both lie is deleted by the helper as soon as an app looks.
        string silent = await Told(Row.All().Where(row => row.IsApp ? accounts.Count == 0 : known.Contains(row.HomeAccountId)));
        IEnumerable<string> all = accounts.Select(account => Json.Texts("username", account.Username,
            "home_account_id", account.HomeAccountId.Identifier, "environment", account.Environment, "realm", account.HomeAccountId.TenantId));
        return "{\"accounts\":" + Json.List(all) + ",\"silent\":" + silent + "}";
    }

    // Where the tokens of ROWS come from.
    public async Task<string> Told(IEnumerable<Row> rows)
    {
        var silent = new List<string>();
        foreach (Row row in rows)
        {
            string told = Json.Texts("username", row["username"], "client_id", row["client"], "realm", row["tenant"], "kind", row["kind"],
                "from", await Silent(row));
            silent.Add(told.TrimEnd('}') + ",\"scopes\":" + Json.List(row.Scopes.Select(Json.Text)) + "}");
        }
        return Json.List(silent);
    }
}
