// Asks azidentity for a token through its persistent cache, which on Linux is a JWE whose key is in the kernel keyring.
// Nothing goes out: the "network" answers from memory and counts what was asked of it.
//
//	peer NAME CLIENT [STAY]   prints {"asked": n, "token": "…"}; with STAY it waits for a line and asks once more
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity/cache"
)

const tenant = "72f988bf-0000-4000-8000-000000000001"

// issuer is the whole network.
type issuer struct {
	client string
	asked  int
}

func (i *issuer) Do(request *http.Request) (*http.Response, error) {
	base := "https://login.microsoftonline.com/" + tenant
	body := fmt.Sprintf(`{"issuer":"%[1]s/v2.0","authorization_endpoint":"%[1]s/oauth2/v2.0/authorize","token_endpoint":"%[1]s/oauth2/v2.0/token"}`, base)
	if strings.HasSuffix(request.URL.Path, "/token") {
		i.asked++
		body = fmt.Sprintf(`{"token_type":"Bearer","expires_in":86399,"access_token":"at-of-%s-%d"}`, i.client, os.Getpid())
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Request: request,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

func main() {
	if err := run(os.Args[1], os.Args[2], len(os.Args) > 3); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(name, client string, stay bool) error {
	store, err := cache.New(&cache.Options{Name: name})
	if err != nil {
		return err
	}
	network := &issuer{client: client}
	credential, err := azidentity.NewClientSecretCredential(tenant, client, "secret", &azidentity.ClientSecretCredentialOptions{
		Cache:                    store,
		ClientOptions:            azcore.ClientOptions{Transport: network},
		DisableInstanceDiscovery: true,
	})
	if err != nil {
		return err
	}
	if err := ask(credential, network); err != nil || !stay {
		return err
	}
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	return ask(credential, network)
}

func ask(credential *azidentity.ClientSecretCredential, network *issuer) error {
	options := policy.TokenRequestOptions{Scopes: []string{"https://graph.microsoft.com/.default"}}
	token, err := credential.GetToken(context.Background(), options)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"asked": network.asked, "token": token.Token})
}
