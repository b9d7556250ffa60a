// MSAL over one cache file: sign in, ask silently, refresh, by the library's own clients and cache.
package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache"
	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor/file"
	msalcache "github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

var background = context.Background()

// client keeps one MSAL client and one extension cache for each app and authority, as programs do.
type client struct {
	sts      *sts
	path     string
	people   map[string]public.Client
	services map[string]confidential.Client
}

func open(path string) *client {
	return &client{sts: newSts(), path: path, people: map[string]public.Client{}, services: map[string]confidential.Client{}}
}

func (c *client) store() *cache.Cache {
	storage, err := file.New(c.path)
	must(err)
	store, err := cache.New(storage, c.path)
	must(err)
	return store
}

func (c *client) person(r row) public.Client {
	key := r["client"] + r.authority()
	if _, known := c.people[key]; !known {
		made, err := public.New(r["client"], public.WithAuthority(r.authority()), public.WithHTTPClient(c.sts), public.WithCache(c.store()))
		must(err)
		c.people[key] = made
	}
	return c.people[key]
}

func (c *client) service(r row) confidential.Client {
	key := r["client"] + r.authority()
	if _, known := c.services[key]; !known {
		secret, err := confidential.NewCredFromSecret("not a secret")
		must(err)
		made, err := confidential.New(r.authority(), r["client"], secret, confidential.WithHTTPClient(c.sts), confidential.WithCache(c.store()))
		must(err)
		c.services[key] = made
	}
	return c.services[key]
}

// answered lets the fake network give tokens of r while ask runs.
func (c *client) answered(r row, ask func() error) error {
	c.sts.row = r
	defer func() { c.sts.row = nil }()
	return ask()
}

// obtain gets r's tokens from the fake network into the cache.
func (c *client) obtain(r row) error {
	return c.answered(r, func() (err error) {
		if r.isApp() {
			_, err = c.service(r).AcquireTokenByCredential(background, r.scopes())
		} else {
			_, err = c.person(r).AcquireTokenByAuthCode(background, "code", "http://localhost", r.scopes())
		}
		return err
	})
}

// rotate refreshes r as a running app would. A claims challenge is Go's only way past a live access token.
func (c *client) rotate(r row) error {
	account, _ := c.account(r)
	return c.answered(r, func() error {
		_, err := c.person(r).AcquireTokenSilent(background, r.scopes(), public.WithSilentAccount(account),
			public.WithClaims(`{"access_token":{"nbf":{"essential":true,"value":"1"}}}`))
		return err
	})
}

func (c *client) account(r row) (public.Account, bool) {
	accounts, err := c.person(r).Accounts(background)
	must(err)
	for _, account := range accounts {
		if account.HomeAccountID == r.homeAccountID() {
			return account, true
		}
	}
	return public.Account{}, false
}

// silent tells where r's token comes from when the network refuses.
func (c *client) silent(r row) string {
	before := c.sts.refused
	var err error
	if r.isApp() {
		_, err = c.service(r).AcquireTokenSilent(background, r.scopes())
		if err != nil {
			_, err = c.service(r).AcquireTokenByCredential(background, r.scopes())
		}
	} else {
		account, known := c.account(r)
		if !known {
			return "none"
		}
		_, err = c.person(r).AcquireTokenSilent(background, r.scopes(), public.WithSilentAccount(account))
	}
	switch {
	case err == nil:
		return "cache"
	case c.sts.refused > before:
		return "refresh"
	case err.Error() == "no token found":
		return "none"
	}
	return "error:" + err.Error()
}

// accounts gives every account that any client of the cast is told of, once.
func (c *client) accounts() []public.Account {
	var found []public.Account
	seen := map[string]bool{}
	for _, r := range cast() {
		if r.isApp() {
			continue
		}
		accounts, err := c.person(r).Accounts(background)
		must(err)
		for _, account := range accounts {
			if key := account.HomeAccountID + " " + account.Environment; !seen[key] {
				seen[key] = true
				found = append(found, account)
			}
		}
	}
	return found
}

// errUnwritten ends an export before it touches the cache file.
var errUnwritten = errors.New("nothing written")

// inLock runs work in the one place where the extension holds its lock: while it writes.
type inLock struct{ work func() }

func (i inLock) Delete(context.Context) error         { return errUnwritten }
func (i inLock) Read(context.Context) ([]byte, error) { return nil, errUnwritten }
func (i inLock) Write(context.Context, []byte) error  { i.work(); return errUnwritten }
func (i inLock) Marshal() ([]byte, error)             { return nil, nil }

// locked does work under the extension's lock, taken with its default patience.
func locked(path string, work func()) error {
	store, err := cache.New(inLock{work}, path)
	must(err)
	err = store.Export(background, inLock{}, msalcache.ExportHints{})
	if errors.Is(err, errUnwritten) {
		return nil
	}
	return err
}

func kind(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "DeadlineExceeded"
	}
	return fmt.Sprintf("%T", err)
}
