// The cast: which token requests make up a scenario, as ../cast.tsv has them. Knows no MSAL.
package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

const (
	ownApp  = "a99a99a9-0000-4000-8000-000000000a99"
	contoso = "c0de0000-0000-4000-8000-00000000c0de"
)

// row is one token request, its cells by column.
type row map[string]string

func (r row) isApp() bool           { return r["kind"] == "app" }
func (r row) authority() string     { return "https://" + r["host"] + "/" + r["tenant"] }
func (r row) homeAccountID() string { return r["uid"] + "." + r["utid"] }
func (r row) scopes() []string      { return strings.Fields(r["scopes"]) }

// cast gives the rows that this library can ask for.
func cast() []row {
	text, err := os.ReadFile(os.Getenv("SALTCELLAR_PEER_CAST"))
	must(err)
	var rows []row
	var columns []string
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		cells := strings.Split(line, "\t")
		switch {
		case strings.HasPrefix(line, "#"):
		case columns == nil:
			columns = cells
		default:
			if r := toRow(columns, cells); r.isApp() || r["kind"] == "user" {
				rows = append(rows, r)
			}
		}
	}
	return rows
}

func toRow(columns, cells []string) row {
	r := row{}
	for i, cell := range cells {
		if cell != "-" {
			r[columns[i]] = cell
		}
	}
	return r
}

func scenario(name string) []row {
	var rows []row
	for _, r := range cast() {
		if name == "all" || r["scenario"] == name {
			rows = append(rows, r)
		}
	}
	if rows == nil {
		must(fmt.Errorf("no such scenario for this peer: %s", name))
	}
	return rows
}

// writer is request NUMBER of the test writer ID: a token of its own resource.
func writer(id string, number int) row {
	digits := strings.Repeat("0", 12) + hex.EncodeToString([]byte(id))
	uid := "00000000-0000-4000-8000-" + digits[len(digits)-12:]
	return row{
		"kind": "user", "username": "writer." + id + "@contoso.com", "name": "Writer " + id + " ñ", "uid": uid, "oid": uid,
		"utid": contoso, "tenant": contoso, "client": ownApp, "host": "login.microsoftonline.com", "expires_in": "3599",
		"scopes": fmt.Sprintf("https://%s-%d.example.net/.default", id, number),
	}
}
