"""Puts the mutants that `cargo mutants --list` names into one text of a file, each behind a switch of its own.

Every switch stands between two comments that carry its number, so that an error of the compiler tells which mutant
it is about; comments of a second kind enclose the code that a switch stands in.
"""
import re
from dataclasses import dataclass, field

SWITCH = "crate::every_mutant::is_on(%d)"
MINE = re.compile(r"/\*<(\d+)\*/(.*?)/\*(\1)>\*/", re.DOTALL)
NOT_EXHAUSTIVE = "E0004"
# Of two that change the same bytes, the first holds the second.
KINDS = ["body", "arm", "guard", "field", "either"]


def parser():
    """A parser of Rust; ImportError where it is not installed."""
    import tree_sitter
    import tree_sitter_rust

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))


@dataclass
class Switched:
    """The text of one file with switches in it, and why some mutants have none."""

    text: str
    placed: list
    left_out: dict = field(default_factory=dict)


@dataclass
class _Spot:
    """What is put in place of the bytes from `start` to `end`, by one or more mutants."""

    start: int
    end: int
    kind: str
    mutants: list


class _File:
    def __init__(self, text, tree):
        self.text, self.root = text, tree.root_node
        self.lines = [0]
        for line in text.split(b"\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.spots, self.placed, self.left_out = {}, [], {}

    def offset(self, place):
        """Columns count characters, from one."""
        start, end = self.lines[place["line"] - 1], self.lines[place["line"]]
        return start + len(self.text[start:end].decode()[: place["column"] - 1].encode())

    def raw(self, start, end):
        return self.text[start:end].decode()

    def take(self, mutant):
        """Finds where `mutant` goes; says why if nowhere."""
        start, end = self.offset(mutant["span"]["start"]), self.offset(mutant["span"]["end"])
        node = self.root.descendant_for_byte_range(start, max(start, end - 1))
        why = _beyond(node, mutant)
        if why:
            self.left_out[mutant["id"]] = why
            return
        place = getattr(self, "_at_" + mutant["genre"], None)
        spot = place(node, start, end, mutant) if place else None
        if spot is None:
            self.left_out[mutant["id"]] = "no switch fits here"
            return
        first, last, kind, what = spot
        self.spots.setdefault((first, last, kind), _Spot(first, last, kind, [])).mutants.append((mutant["id"], what))
        self.placed.append(mutant["id"])

    def _at_FnValue(self, _node, start, _end, mutant):
        value = mutant["replacement"]
        return start, start, "body", "return %s;" % ("" if value == "()" else value)

    def _at_MatchArmGuard(self, _node, start, end, mutant):
        return start, end, "guard", mutant["replacement"]

    def _at_UnaryOperator(self, node, start, end, _mutant):
        whole = _up(node, "unary_expression")
        return whole and (whole.start_byte, whole.end_byte, "either",
                          self.raw(whole.start_byte, start) + self.raw(end, whole.end_byte))

    def _at_BinaryOperator(self, node, start, end, mutant):
        whole = node.parent
        if whole is None or whole.type not in ("binary_expression", "compound_assignment_expr") or _lets(whole):
            return None
        changed = self.raw(whole.start_byte, start) + mutant["replacement"] + self.raw(end, whole.end_byte)
        return whole.start_byte, whole.end_byte, "either", changed

    def _at_MatchArm(self, node, _start, _end, _mutant):
        arm = _up(node, "match_arm")
        pattern = arm and arm.child_by_field_name("pattern")
        if pattern is None:
            return None
        condition = pattern.child_by_field_name("condition")
        if condition is not None:
            return condition.start_byte, condition.end_byte, "guard", "false"
        return pattern.end_byte, pattern.end_byte, "arm", ""

    def _at_StructField(self, node, start, end, _mutant):
        literal = _up(node, "struct_expression")
        base = next((one for one in literal.child_by_field_name("body").children if one.type == "base_field_initializer"), None)
        if base is None:
            return None
        end = start + len(self.text[start:end].rstrip(b",").rstrip())
        name, _, value = self.raw(start, end).partition(":")
        other = "(%s).%s" % (base.text.decode().removeprefix(".."), name.strip())
        return start, end, "field", (name.strip(), value.strip() or name.strip(), other)

    def render(self, start, end, but=None):
        """The bytes from START to END with every switch in them that is not BUT or around it."""
        inside = [spot for spot in self.spots.values()
                  if start <= spot.start and spot.end <= end and not (but and _is_beside(spot, but))]
        out, at = [], start
        for spot in sorted(inside, key=_order):
            if spot.start < at:
                continue  # stands in one that is written already
            out += [self.raw(at, spot.start), self._written(spot)]
            at = spot.end
        out.append(self.raw(at, end))
        return "".join(out)

    def _written(self, spot):
        inner = self.render(spot.start, spot.end, spot)
        ids = ",".join(str(number) for number, _ in spot.mutants)
        return "/*[%s*/%s/*]*/" % (ids, getattr(self, "_write_" + spot.kind)(spot, inner))

    @staticmethod
    def _write_body(spot, _inner):
        return "".join(_mine(number, " if %s { %s } " % (SWITCH % number, what)) for number, what in spot.mutants)

    @staticmethod
    def _write_guard(spot, inner):
        for number, what in spot.mutants:
            switch = SWITCH % number
            inner = _mine(number, "(%s || (" % switch if what == "true" else "(!%s && (" % switch) + inner + "))"
        return inner

    @staticmethod
    def _write_either(spot, inner):
        return "(%s{ %s })" % ("".join(_mine(number, "if %s { %s } else " % (SWITCH % number, what))
                                       for number, what in spot.mutants), inner)

    @staticmethod
    def _write_arm(spot, _inner):
        return "".join(_mine(number, " if !%s " % (SWITCH % number)) for number, _ in spot.mutants[:1])

    @staticmethod
    def _write_field(spot, _inner):
        number, (name, value, other) = spot.mutants[0]
        return "%s: %s{ %s }" % (name, _mine(number, "if %s { %s } else " % (SWITCH % number, other)), value)


def _mine(number, text):
    return "/*<%d*/%s/*%d>*/" % (number, text, number)


def _order(spot):
    """The first of several spots is the one that holds the others."""
    return spot.start, spot.end > spot.start, -spot.end, KINDS.index(spot.kind)


def _is_beside(spot, other):
    """Whether SPOT, which lies within the bytes of OTHER, is written before or around it, not in it."""
    if spot.start == spot.end:
        return not other.start < spot.start < other.end
    return (spot.start, spot.end) == (other.start, other.end) and KINDS.index(spot.kind) <= KINDS.index(other.kind)


def _up(node, kind):
    while node is not None and node.type != kind:
        node = node.parent
    return node


def _lets(node):
    """Whether a condition with `let` stands in NODE, outside of blocks."""
    return any(one.type in ("let_condition", "let_chain") or (one.type != "block" and _lets(one)) for one in node.children)


def _beyond(node, mutant):
    """Why no switch can stand there at all."""
    if mutant["function"] is None:
        return "a constant"
    if mutant["replacement"].startswith("::std::iter"):
        return "another type of iterator"
    if mutant["file"].endswith(("/windows.rs", "/testbed.rs")):
        return "built for tests or Windows only"
    while node is not None:
        before = node.prev_named_sibling
        while before is not None and before.type in ("attribute_item", "line_comment"):
            if re.search(rb"cfg\((all\()?(test|windows)\b", before.text):
                return "built for tests or Windows only"
            before = before.prev_named_sibling
        node = node.parent
    return None


def switched(text, mutants, reader):
    """TEXT with MUTANTS in it, each of which has an `id`."""
    file = _File(text.encode(), reader.parse(text.encode()))
    for mutant in mutants:
        file.take(mutant)
    return Switched(file.render(0, len(file.text)), file.placed, file.left_out)


def blamed(text, start, end, code):
    """Which mutants an error CODE about the bytes from START to END of a switched TEXT is about."""
    data = text.encode()
    start, end = len(data[:start].decode(errors="ignore")), len(data[:end].decode(errors="ignore"))
    if code == NOT_EXHAUSTIVE:
        # It is about the head of the match; the arm that may be missing stands behind.
        arms = [found.group(1) for found in MINE.finditer(text, end) if found.group(2).startswith(" if !")]
        return {int(arms[0])} if arms else set()
    mine = [found for found in MINE.finditer(text) if found.start() <= start and end <= found.end()]
    if mine:
        return {int(min(mine, key=lambda found: found.end() - found.start()).group(1))}
    inside = {int(found.group(1)) for found in MINE.finditer(text) if start <= found.start() and found.end() <= end}
    if inside:
        return inside
    open_now = []
    for mark in re.finditer(r"/\*(\[[\d,]+|\])\*/", text[:start]):
        open_now.append(mark.group(1)[1:]) if mark.group(1) != "]" else open_now.pop()
    if open_now:
        return {int(number) for number in open_now[-1].split(",")}
    # What stands before it in the same function gave it another type.
    before = [found.group(1) for found in MINE.finditer(text) if found.end() <= start]
    return {int(before[-1])} if before else set()
