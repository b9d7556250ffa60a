#!/usr/bin/env python3
"""bytes.py OLD NEW --removed LIST.json: proves that NEW is OLD without the listed entries, byte for byte.

LIST is a JSON list of {"section": S, "key": K} (other fields are ignored; "nth": 0-based, names one of several
duplicates) or of [S, K]; a null key means the whole section. Exit 0 when proven, 1 when not. Nothing is repaired.
"""
import argparse
import json
import re
from collections import namedtuple

WHITE = re.compile(r"[ \t\r\n]*")
DECODER = json.JSONDecoder(strict=False)

# Raw slices: `lead` is the white space before the name, `body` runs from the name's quote to the value's end,
# `tail` is the white space up to the comma or brace.
Member = namedtuple("Member", "name lead body tail value_at")
Object = namedtuple("Object", "members inside end")


def white(text, at):
    return WHITE.match(text, at).end()


def expect(text, at, char):
    if text[at:at + 1] != char:
        raise ValueError("expected %r at offset %d, not %r" % (char, at, text[at:at + 20]))
    return at + 1


def scan(text, at):
    """The members of the object whose brace is at AT. `inside` is the white space of an empty object, else None."""
    at = expect(text, at, "{")
    after = white(text, at)
    if text[after:after + 1] == "}":
        return Object([], text[at:after], after + 1)
    members = []
    while True:
        start = white(text, at)
        name, end = DECODER.raw_decode(text, start)
        value_at = white(text, expect(text, white(text, end), ":"))
        _, end = DECODER.raw_decode(text, value_at)
        next_at = white(text, end)
        members.append(Member(name, text[at:start], text[start:end], text[end:next_at], value_at))
        if text[next_at:next_at + 1] == "}":
            return Object(members, None, next_at + 1)
        at = expect(text, next_at, ",")


class Text:
    """A cache file cut into raw slices: what is before the root, the root's members, what is after it."""

    def __init__(self, file):
        with open(file, "rb") as raw:
            self.text = raw.read().decode("utf-8", "surrogateescape")
        start = white(self.text, 1 if self.text.startswith("\ufeff") else 0)
        self.root = scan(self.text, start)
        self.before, self.after = self.text[:start], self.text[self.root.end:]

    def section(self, member):
        return scan(self.text, member.value_at) if self.text[member.value_at] == "{" else None


def without(members, wanted):
    """MEMBERS less what WANTED (a list of (name, nth)) names; complains of what is not there."""
    places, gone, problems = {}, set(), []
    for at, member in enumerate(members):
        places.setdefault(member.name, []).append(at)
    for name, nth in wanted:
        found = places.get(name, [])
        if nth is None:
            nth = next((n for n, at in enumerate(found) if at not in gone), len(found))
        if nth < len(found):
            gone.add(found[nth])
        else:
            problems.append("OLD has no %r to remove" % name)
    return [member for at, member in enumerate(members) if at not in gone], len(gone), problems


def compare(where, kept, old, new):
    """The problems between KEPT, what should be left of OLD's members, and NEW."""
    if [m.name for m in kept] != [m.name for m in new.members]:
        return ["%s: members differ: expected %s, found %s" % (where, _names(kept), _names(new.members))]
    problems = []
    for want, got in zip(kept, new.members):
        if want.body != got.body:
            problems.append("%s: %r is not byte for byte the same" % (where, want.name))
        if want.lead != got.lead and not (want is kept[0] and got.lead == old.members[0].lead):
            problems.append("%s: other white space before %r" % (where, want.name))
        last = want is kept[-1]
        if got.tail != (old.members[-1].tail if last else want.tail):
            problems.append("%s: other white space after %r" % (where, want.name))
    if not old.members and old.inside != new.inside:
        problems.append("%s: other white space in an empty object" % where)
    return problems


def _names(members):
    names = [member.name for member in members]
    return "%d names %s" % (len(names), names if len(names) <= 5 else names[:5] + ["…"])


def check(old, new, removed):
    problems, kept_count = [], 0
    if (old.before, old.after) != (new.before, new.after):
        problems.append("the text before or after the root changed")
    sections = [(s, None) for s, key, _ in removed if key is None]
    kept_sections, removed_count, missing = without(old.root.members, sections)
    problems += missing
    if [m.name for m in kept_sections] != [m.name for m in new.root.members]:
        return problems + ["sections differ"], 0, 0
    problems += [p for p in compare("root", kept_sections, old.root, new.root) if "byte for byte" not in p]
    unused = {(s, key) for s, key, _ in removed if key is not None}
    for before, after in zip(kept_sections, new.root.members):
        wanted = [(key, nth) for s, key, nth in removed if s == before.name and key is not None]
        unused -= {(before.name, key) for key, _ in wanted}
        kept, gone, found = check_section(old, new, before, after, wanted)
        kept_count, removed_count = kept_count + kept, removed_count + gone
        problems += found
    problems += ["OLD has no section of %s" % (name,) for name in sorted(unused)]
    return problems, kept_count, removed_count


def check_section(old, new, before, after, wanted):
    was, is_now = old.section(before), new.section(after)
    if was is None or is_now is None:
        same = before.body == after.body and not wanted
        return 0, 0, [] if same else ["%s: changed" % before.name]
    kept, gone, problems = without(was.members, wanted)
    head, new_head = (m.body[:len(m.body) - (s.end - m.value_at)] for m, s in ((before, was), (after, is_now)))
    if head != new_head:
        problems.append("%s: its name or colon changed" % before.name)
    return len(kept), gone, problems + compare(before.name, kept, was, is_now)


def removals(file):
    with open(file, encoding="utf-8") as text:
        for item in json.load(text):
            yield (item["section"], item["key"], item.get("nth")) if isinstance(item, dict) else (*item, None)


def main():
    parser = argparse.ArgumentParser()
    for word in ("old", "new"):
        parser.add_argument(word)
    parser.add_argument("--removed", required=True)
    asked = parser.parse_args()
    try:
        problems, kept, gone = check(Text(asked.old), Text(asked.new), list(removals(asked.removed)))
    except ValueError as error:
        problems, kept, gone = [str(error)], 0, 0
    print(json.dumps({"same": not problems, "kept": kept, "removed": gone, "problems": problems}))
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
