"""Judges a partition and the merge of its parts, with Python's own json module as the reader.

Reads cases from stdin, one JSON object a line: the old text, the texts of the parts and the merged text in base64.
Every entry of the old text must stand in a part and in the merged text under the same name with the same bytes, as
often as before, and nothing else may stand there; only metadata of apps may stand in several parts. Ends with 1 and a
word on stderr at the first case that differs.
"""

import base64
import json
import sys
from collections import Counter

from check_bytes import cut_apart, skip


def entries(text):
    """(section, key, value) of each entry as they are written; (section, None, value) for what is no object."""
    found = []
    sections, _, _ = cut_apart(text, skip(text, 1 if text.startswith("\ufeff") else 0))
    for name, name_end, value, end in sections:
        section = json.loads(text[name:name_end])
        if text[value] != "{":
            found.append((section, None, text[value:end]))
            continue
        members, _, _ = cut_apart(text, value)
        found += [(section, text[a:b], text[c:d]) for a, b, c, d in members]
    return found


def check(case):
    old, merged = (entries(base64.b64decode(case[name]).decode("utf-8")) for name in ("old", "merged"))
    parts = [entries(base64.b64decode(part).decode("utf-8")) for part in case["parts"]]
    assert Counter(merged) == Counter(old), "the merged text holds other entries"
    in_order = [[entry for entry in text if entry[:2] == name] for text in (old, merged) for name in {e[:2] for e in old}]
    half = len(in_order) // 2
    assert in_order[:half] == in_order[half:], "members of one name changed their order"
    for entry, count in Counter(old).items():
        holders = [part.count(entry) for part in parts if entry in part]
        assert holders and all(held == count for held in holders), "an entry is in no part, or not as often"
        assert len(holders) == 1 or entry[0] == "AppMetadata", "an entry is in several parts"
    known = set(old)
    assert all(entry in known for part in parts for entry in part), "a part holds something of its own"


if __name__ == "__main__":
    for number, line in enumerate(sys.stdin):
        try:
            check(json.loads(line))
        except (AssertionError, ValueError, IndexError) as error:
            sys.exit(f"case {number}: {error}")
