// MSAL Go as a test peer: the commands of ../peer. Prints one line of JSON at the end.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	command, path, words := os.Args[1], os.Args[2], append(os.Args[3:], "", "")
	if command == "ask" {
		askAll(path)
		return
	}
	commands := map[string]func() object{
		"make":   func() object { return make_(path, words[0]) },
		"read":   func() object { return seen(open(path)) },
		"hold":   func() object { return hold(path, seconds(words[0])) },
		"wait":   func() object { return wait(path, words[0]) },
		"write":  func() object { return writeCount(path, words[0], words[1]) },
		"loop":   func() object { return writeFor(path, seconds(words[0]), words[1]) },
		"rotate": func() object { return rotate(path, words[0]) },
		"stay":   func() object { return stay(path) },
	}
	run, known := commands[command]
	if !known {
		must(fmt.Errorf("no such command: %s", command))
	}
	say(run())
}

func make_(path, name string) object {
	if name == "" {
		name = "work"
	}
	c, rows := open(path), scenario(name)
	for _, r := range rows {
		must(c.obtain(r))
	}
	text, err := os.ReadFile(path)
	must(err)
	var sections map[string]map[string]any
	must(json.Unmarshal(text, &sections))
	counts := object{}
	for section, entries := range sections {
		counts[section] = len(entries)
	}
	return object{"file": path, "bytes": len(text), "requests": len(rows), "sections": counts}
}

// seen is what the library makes of the file: its accounts, and where each token of the cast comes from.
func seen(c *client) object {
	accounts, silent, known := []object{}, []object{}, map[string]bool{}
	for _, account := range c.accounts() {
		known[account.HomeAccountID] = true
		accounts = append(accounts, object{
			"username": account.PreferredUsername, "home_account_id": account.HomeAccountID,
			"environment": account.Environment, "realm": account.Realm,
		})
	}
	for _, r := range cast() {
		if r.isApp() || known[r.homeAccountID()] {
			silent = append(silent, object{
				"username": r["username"], "client_id": r["client"], "realm": r["tenant"], "kind": r["kind"],
				"scopes": r.scopes(), "from": c.silent(r),
			})
		}
	}
	return object{"accounts": accounts, "silent": silent}
}

func hold(path string, long time.Duration) object {
	must(locked(path, func() {
		fmt.Println("LOCKED")
		time.Sleep(long)
	}))
	return object{"held": long.Seconds()}
}

func wait(path, limit string) object {
	began := time.Now()
	report := func(outcome string, problem any) object {
		return object{"outcome": outcome, "seconds": since(began), "error": problem}
	}
	if limit != "" {
		time.AfterFunc(seconds(limit), func() {
			say(report("error", "StillWaiting"))
			os.Exit(0)
		})
	}
	var acquired object
	if err := locked(path, func() { acquired = report("acquired", nil) }); err != nil {
		return report("error", kind(err))
	}
	return acquired
}

func writeCount(path, number, id string) object {
	count, err := strconv.Atoi(number)
	must(err)
	return write(path, id, func(asked int) bool { return asked < count })
}

func writeFor(path string, long time.Duration, id string) object {
	end := time.Now().Add(long)
	return write(path, id, func(int) bool { return time.Now().Before(end) })
}

func write(path, id string, more func(int) bool) object {
	c, acked, errors, slowest, asked := open(path), []string{}, map[string]int{}, 0.0, 0
	for ; more(asked); asked++ {
		r, began := writer(id, asked), time.Now()
		if err := c.obtain(r); err != nil {
			errors[kind(err)]++
		} else {
			acked = append(acked, r["scopes"])
		}
		slowest = max(slowest, since(began))
		time.Sleep(time.Duration(rand.Intn(50)) * time.Millisecond)
	}
	return object{"id": id, "asked": asked, "acked": acked, "errors": errors, "slowest": slowest}
}

func rotate(path, username string) object {
	c := open(path)
	for _, r := range cast() {
		if r.isApp() || r["username"] != username {
			continue
		}
		if _, known := c.account(r); known {
			must(c.rotate(r))
			return object{"username": username, "client_id": r["client"], "rotated": true}
		}
	}
	must(fmt.Errorf("no such account: %s", username))
	return nil
}

func stay(path string) object {
	c, touched := open(path), 0
	c.accounts()
	fmt.Println("LOADED")
	for orders := bufio.NewScanner(os.Stdin); orders.Scan(); {
		switch strings.TrimSpace(orders.Text()) {
		case "quit":
			return object{"touched": touched}
		case "touch":
			must(c.obtain(writer("stay", touched)))
			touched++
			fmt.Println("DONE")
		case "read":
			say(seen(c))
		}
	}
	return object{"touched": touched}
}

func seconds(word string) time.Duration {
	number, err := strconv.ParseFloat(word, 64)
	must(err)
	return time.Duration(number * float64(time.Second))
}

func since(began time.Time) float64 {
	return float64(time.Since(began).Round(10*time.Millisecond)) / float64(time.Second)
}

func say(report object) {
	text, err := json.Marshal(report)
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "go peer:", err)
		os.Exit(1)
	}
}
