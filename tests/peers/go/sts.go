// A token service inside the process: an http client for MSAL that answers from the cast and opens no socket.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

type object = map[string]any

// sts gives tokens of its row; without a row every token request is refused and counted.
type sts struct {
	sync.Mutex
	row     row
	refused int
	serial  int64
}

func newSts() *sts { return &sts{serial: time.Now().UnixNano()} }

func (s *sts) CloseIdleConnections() {}

func (s *sts) Do(request *http.Request) (*http.Response, error) {
	s.Lock()
	defer s.Unlock()
	path := request.URL.Path
	switch {
	case strings.HasSuffix(path, "/discovery/instance"):
		return answer(request, 200, discovery(request.URL.Host)), nil
	case strings.HasSuffix(path, "/openid-configuration"):
		return answer(request, 200, endpoints(request.URL.Host, path)), nil
	case strings.HasSuffix(path, "/token") && s.row != nil:
		s.serial++
		return answer(request, 200, tokens(s.row, time.Now().Unix(), s.serial)), nil
	}
	s.refused++
	return answer(request, 400, object{"error": "temporarily_unavailable", "error_description": "no network here"}), nil
}

func answer(request *http.Request, status int, body object) *http.Response {
	text, err := json.Marshal(body)
	must(err)
	return &http.Response{
		StatusCode: status, Request: request, Body: io.NopCloser(bytes.NewReader(text)),
		Header: http.Header{"Content-Type": {"application/json"}},
	}
}

func discovery(host string) object {
	aliases := []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}
	return object{
		"tenant_discovery_endpoint": "https://" + host + "/common/v2.0/.well-known/openid-configuration",
		"metadata":                  []object{{"preferred_network": aliases[0], "preferred_cache": aliases[1], "aliases": aliases}},
	}
}

func endpoints(host, path string) object {
	authority := "https://" + host + strings.Split(path, "/v2.0/.well-known/")[0]
	return object{
		"issuer": authority + "/v2.0", "authorization_endpoint": authority + "/oauth2/v2.0/authorize",
		"token_endpoint": authority + "/oauth2/v2.0/token",
	}
}

func tokens(r row, now, serial int64) object {
	life, err := strconv.ParseInt(r["expires_in"], 10, 64)
	must(err)
	claims := object{
		"aud": r.scopes()[0], "iat": now, "exp": now + life, "appid": r["client"], "tid": r["tenant"], "oid": r["oid"], "ver": "1.0",
	}
	body := object{
		"token_type": "Bearer", "scope": r["scopes"], "expires_in": life, "ext_expires_in": life,
		"access_token": jwt(claims, r, "at", serial),
	}
	if r["refresh_in"] != "" {
		body["refresh_in"], err = strconv.Atoi(r["refresh_in"])
		must(err)
	}
	if r.isApp() {
		return body
	}
	identity := object{
		"aud": r["client"], "iss": r.authority() + "/v2.0", "iat": now, "exp": now + 3600, "sub": r["oid"], "oid": r["oid"],
		"tid": r["tenant"], "name": r["name"], "preferred_username": r["username"], "ver": "2.0",
	}
	body["refresh_token"] = "1.fabricated." + noise(r, "rt", serial, 600)
	body["id_token"] = jwt(identity, r, "idt", serial)
	body["client_info"] = coded(object{"uid": r["uid"], "utid": r["utid"]})
	if r["family"] != "" {
		body["foci"] = r["family"]
	}
	return body
}

func jwt(claims object, r row, purpose string, serial int64) string {
	head := object{"typ": "JWT", "alg": "RS256", "kid": "fabricated"}
	return coded(head) + "." + coded(claims) + "." + noise(r, purpose, serial, 342)
}

func coded(value object) string {
	text, err := json.Marshal(value)
	must(err)
	return base64.RawURLEncoding.EncodeToString(text)
}

func noise(r row, purpose string, serial int64, length int) string {
	var text strings.Builder
	for block := 0; text.Len() < length; block++ {
		seed := fmt.Sprint(purpose, r["username"], r["client"], r["scopes"], serial, "/", block)
		hash := sha256.Sum256([]byte(seed))
		text.WriteString(base64.RawURLEncoding.EncodeToString(hash[:]))
	}
	return text.String()[:length]
}
