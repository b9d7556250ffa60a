// What MSAL Go answers to cases of ../cases.py, in memory. The network refuses everything.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	msalcache "github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

// question is a case: a cache and what is asked of it.
type question struct {
	Number  int
	Cache   string
	Request struct {
		Client    string
		Account   string
		Authority string
		Scopes    []string
		Claims    string

		AccountEnvironment string `json:"account_environment"`
		AppOnly            bool   `json:"app_only"`
	}
}

// askAll answers each line of the file by a line.
func askAll(path string) {
	file, err := os.Open(path)
	must(err)
	defer file.Close()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var q question
		must(json.Unmarshal(lines.Bytes(), &q))
		text, err := json.Marshal(answerTo(q))
		must(err)
		out.Write(append(text, '\n'))
	}
	must(lines.Err())
}

// answerTo says what comes first, the token that is handed out, the refresh tokens tried.
func answerTo(q question) object {
	network := &refusing{asked: []string{}}
	told := object{"number": q.Number, "outcome": "error", "secret": nil, "error": nil}
	secret, err := q.ask(network)
	switch {
	case err == nil && secret != "":
		told["outcome"], told["secret"] = "cache", secret
	case err == nil, err.Error() == "no token found":
		told["outcome"] = "interaction"
	default:
		told["error"] = err.Error()
	}
	tokens := []string{}
	for _, token := range network.asked {
		told["outcome"] = "refresh"
		if token != "" {
			tokens = append(tokens, token)
		}
	}
	told["refresh_tokens"] = tokens
	return told
}

func (q question) ask(network *refusing) (string, error) {
	r, isOwn := q.Request, strings.HasSuffix(q.Request.Authority, "/adfs") || strings.Contains(q.Request.Authority, "/b2c_")
	if r.AppOnly {
		secret, err := confidential.NewCredFromSecret("not a secret")
		must(err)
		app, err := confidential.New(r.Authority, r.Client, secret, confidential.WithHTTPClient(network), confidential.WithCache(text(q.Cache)))
		must(err)
		options := []confidential.AcquireByCredentialOption{}
		if r.Claims != "" {
			options = append(options, confidential.WithClaims(r.Claims))
		}
		result, err := app.AcquireTokenByCredential(background, r.Scopes, options...)
		return result.AccessToken, err
	}
	app, err := public.New(r.Client, public.WithAuthority(r.Authority), public.WithHTTPClient(network),
		public.WithCache(text(q.Cache)), public.WithInstanceDiscovery(!isOwn))
	must(err)
	account := public.Account{HomeAccountID: r.Account, Environment: r.AccountEnvironment, PreferredUsername: "ada"}
	options := []public.AcquireSilentOption{public.WithSilentAccount(account)}
	if r.Claims != "" {
		options = append(options, public.WithClaims(r.Claims))
	}
	result, err := app.AcquireTokenSilent(background, r.Scopes, options...)
	if err != nil {
		return "", err
	}
	return result.AccessToken, nil
}

// text is a cache that lies in memory and takes nothing back.
type text string

func (t text) Replace(_ context.Context, into msalcache.Unmarshaler, _ msalcache.ReplaceHints) error {
	return into.Unmarshal([]byte(t))
}

func (t text) Export(context.Context, msalcache.Marshaler, msalcache.ExportHints) error { return nil }

// refusing is a network that knows where the endpoints are, and notes every token that is asked for.
type refusing struct{ asked []string }

// clouds are what the real discovery endpoint tells of every cloud.
var clouds = [][]string{
	{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
	{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"},
	{"login.microsoftonline.de"},
	{"login.microsoftonline.us", "login.usgovcloudapi.net"},
	{"login-us.microsoftonline.com"},
}

func (n *refusing) CloseIdleConnections() {}

func (n *refusing) Do(request *http.Request) (*http.Response, error) {
	path := request.URL.Path
	switch {
	case strings.HasSuffix(path, "/discovery/instance"):
		metadata := []object{}
		for _, aliases := range clouds {
			metadata = append(metadata, object{
				"preferred_network": aliases[0], "preferred_cache": aliases[len(aliases)-1], "aliases": aliases,
			})
		}
		told := discovery(request.URL.Host)
		told["metadata"] = metadata
		return answer(request, 200, told), nil
	case strings.HasSuffix(path, "/openid-configuration"):
		return answer(request, 200, endpoints(request.URL.Host, path)), nil
	}
	body, err := io.ReadAll(request.Body)
	must(err)
	form, err := url.ParseQuery(string(body))
	must(err)
	n.asked = append(n.asked, form.Get("refresh_token"))
	return answer(request, 400, object{
		"error": "invalid_grant", "suberror": "client_mismatch", "error_description": "refused",
	}), nil
}
