"""Compares a cache before and after a removal, with Python's own json module as the reader.

Reads cases from stdin, one JSON object a line: old and new text in base64, and the entries that
should be gone as [section, entry] places. Ends with 1 and a word on stderr at the first that differs.
"""

import base64
import json
import sys

# Numbers stay text: a number of a million digits is not for int().
DECODER = json.JSONDecoder(strict=True, parse_int=str, parse_float=str)
BLANK = " \t\r\n"


def skip(text, at):
    while at < len(text) and text[at] in BLANK:
        at += 1
    return at


def cut_apart(text, at):
    """The object at `at` as its members (key and value start and end), the gaps around them, its end.

    The gaps are all the text between the braces that is in no member: one more than there are members.
    """
    assert text[at] == "{", "an object begins with a brace"
    found, gaps, last = [], [], at + 1
    at = skip(text, at + 1)
    while text[at] != "}":
        gaps.append(text[last:at])
        _, key_end = json.decoder.scanstring(text, at + 1, True)
        colon = skip(text, key_end)
        assert text[colon] == ":", "a name is followed by a colon"
        value = skip(text, colon + 1)
        _, last = DECODER.raw_decode(text, value)
        found.append((at, key_end, value, last))
        at = skip(text, last)
        at = skip(text, at + 1) if text[at] == "," else at
    return found, gaps + [text[last:at]], at + 1


def check_section(old, old_at, new, new_at, gone):
    """The kept entries are the same text in the same order, and so is what stands between neighbours."""
    before, old_gaps, _ = cut_apart(old, old_at)
    after, new_gaps, _ = cut_apart(new, new_at)
    kept = [place for place in range(len(before)) if place not in gone]
    was = [old[before[place][0]:before[place][3]] for place in kept]
    assert [new[a:d] for a, _, _, d in after] == was, "what stayed reads differently"
    if not kept:
        return
    assert (new_gaps[0], new_gaps[-1]) == (old_gaps[0], old_gaps[-1]), "the space inside the braces moved"
    for n, (a, b) in enumerate(zip(kept, kept[1:]), 1):
        allowed = old_gaps[b:b + 1] if b == a + 1 else old_gaps[1:-1]
        assert new_gaps[n] in allowed, "the space between two entries changed"


def check(case):
    old, new = (base64.b64decode(case[name]).decode("utf-8") for name in ("old", "new"))
    gone = {tuple(place) for place in case["gone"]}
    start = skip(old, 1 if old.startswith("\ufeff") else 0)
    before, old_gaps, old_end = cut_apart(old, start)
    after, new_gaps, new_end = cut_apart(new, start)
    assert (old[:start], old_gaps, old[old_end:]) == (new[:start], new_gaps, new[new_end:]), "the root moved"
    assert len(before) == len(after), "a section came or went"
    for s, ((name, _, was, stop), (new_name, _, now, new_stop)) in enumerate(zip(before, after)):
        assert old[name:was] == new[new_name:now], "a section is called otherwise"
        cut = {entry for section, entry in gone if section == s}
        if cut:
            check_section(old, was, new, now, cut)
        else:
            assert old[was:stop] == new[now:new_stop], "a section that keeps all its entries changed"


if __name__ == "__main__":
    for number, line in enumerate(sys.stdin):
        try:
            check(json.loads(line))
        except (AssertionError, ValueError, IndexError) as error:
            sys.exit(f"case {number}: {error}")
