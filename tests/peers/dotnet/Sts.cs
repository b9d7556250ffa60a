// A token service inside the process: an HTTP handler for MSAL that answers from the cast and opens no socket.
using System;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Identity.Client;

// Give it a row, then ask MSAL for a token; without a row every token request is refused and counted.
sealed class Sts : HttpMessageHandler, IMsalHttpClientFactory
{
    // Not a server's error: those MSAL.NET asks again, and remembers.
    const string Refusal = "{\"error\":\"temporarily_unavailable\",\"error_description\":\"no network here\"}";
    const string Metadata = "[{\"preferred_network\":\"login.microsoftonline.com\",\"preferred_cache\":\"login.windows.net\",\"aliases\":"
        + "[\"login.microsoftonline.com\",\"login.windows.net\",\"login.microsoft.com\",\"sts.windows.net\"]}]";

    public Row Row;
    public int Refused;
    readonly HttpClient client;
    int serial;

    public Sts()
    {
        client = new HttpClient(this);
    }

    public HttpClient GetHttpClient()
    {
        return client;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        return Task.FromResult(Answer(request.Method, request.RequestUri));
    }

    HttpResponseMessage Answer(HttpMethod method, Uri where)
    {
        string path = where.AbsolutePath, host = "https://" + where.Host;
        if (method == HttpMethod.Get && path.EndsWith("/discovery/instance"))
        {
            string at = host + "/common/v2.0/.well-known/openid-configuration";
            return Told(HttpStatusCode.OK, "{\"tenant_discovery_endpoint\":\"" + at + "\",\"metadata\":" + Metadata + "}");
        }
        if (path.EndsWith("/devicecode"))
        {
            return Told(HttpStatusCode.OK, "{\"user_code\":\"U\",\"device_code\":\"D\",\"verification_uri\":\"https://localhost/\","
                + "\"expires_in\":900,\"interval\":1,\"message\":\"fabricated\"}");
        }
        if (Row == null || method != HttpMethod.Post)
        {
            Refused++;
            return Told(HttpStatusCode.BadRequest, Refusal);
        }
        return Told(HttpStatusCode.OK, Tokens(Row, DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
    }

    static HttpResponseMessage Told(HttpStatusCode status, string body)
    {
        return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }

    string Tokens(Row row, long now)
    {
        serial++;
        long life = long.Parse(row["expires_in"]);
        string claims = string.Format("{{\"aud\":{0},\"iat\":{1},\"exp\":{2},\"appid\":{3},\"tid\":{4},\"oid\":{5},\"ver\":\"1.0\"}}",
            Json.Text(row.Scopes[0]), now, now + life, Json.Text(row["client"]), Json.Text(row["tenant"]), Json.Text(row["oid"]));
        string told = string.Format("\"token_type\":\"Bearer\",\"scope\":{0},\"expires_in\":{1},\"ext_expires_in\":{1},\"access_token\":{2}",
            Json.Text(row["scopes"]), life, Json.Text(Jwt(claims, row, "at")));
        if (row["refresh_in"] != "")
        {
            told += ",\"refresh_in\":" + row["refresh_in"];
        }
        if (row.IsApp)
        {
            return "{" + told + "}";
        }
        string identity = string.Format("{{\"aud\":{0},\"iss\":{1},\"iat\":{2},\"exp\":{3},\"sub\":{4},\"oid\":{4},\"tid\":{5},\"name\":{6},"
            + "\"preferred_username\":{7},\"ver\":\"2.0\"}}", Json.Text(row["client"]), Json.Text(row.Authority + "/v2.0"), now, now + 3600,
            Json.Text(row["oid"]), Json.Text(row["tenant"]), Json.Text(row["name"]), Json.Text(row["username"]));
        string info = string.Format("{{\"uid\":{0},\"utid\":{1}}}", Json.Text(row["uid"]), Json.Text(row["utid"]));
        if (row["family"] != "")
        {
            told += ",\"foci\":" + Json.Text(row["family"]);
        }
        return string.Format("{{{0},\"client_info\":{1},\"id_token\":{2},\"refresh_token\":{3}}}", told, Json.Text(Coded(info)),
            Json.Text(Jwt(identity, row, "idt")), Json.Text("1.fabricated." + Noise(row, "rt", 600)));
    }

    string Jwt(string claims, Row row, string purpose)
    {
        string head = Coded("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"fabricated\"}");
        return head + "." + Coded(claims) + "." + Noise(row, purpose, 342);
    }

    static string Coded(string text)
    {
        return Coded(Encoding.UTF8.GetBytes(text));
    }

    static string Coded(byte[] bytes)
    {
        return Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    // Not by a hash: this runtime looks for an OpenSSL that no system of today has.
    string Noise(Row row, string purpose, int length)
    {
        ulong state = 14695981039346656037;
        foreach (char one in string.Join(" ", purpose, row["username"], row["client"], row["scopes"], DateTime.UtcNow.Ticks, serial))
        {
            state = (state ^ one) * 1099511628211;
        }
        var bytes = new byte[length];
        for (int at = 0; at < length; at++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes[at] = (byte)(state >> 32);
        }
        return Coded(bytes).Substring(0, length);
    }
}
