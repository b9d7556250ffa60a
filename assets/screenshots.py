#!/usr/bin/env python3
"""Makes the README's pictures from the real program: runs it in tmux, types, and draws what the terminal shows as SVG.

    assets/screenshots.py BINARY            writes assets/*.svg

Nothing is drawn by hand: each picture is the program's own screen on the demo cache, at a fixed time.
"""
import html
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
CELL_WIDTH, CELL_HEIGHT = 8.4, 18
BACKGROUND, FOREGROUND = "#1c1f26", "#d5d9e0"
COLOURS = ["#2b303b", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf",
           "#6b7280", "#ef8a92", "#b3d99a", "#f0d399", "#8cc4f5", "#d7a1e6", "#7fcad3", "#ffffff"]
SGR = re.compile(r"\x1b\[([0-9;:]*)m")
# name: (columns, rows, what is typed)
PICTURES = {
    "browser": (140, 40, ["j", "Space", "j"]),
    "plan": (100, 32, ["d"]),
    "narrow": (80, 24, []),
}


class Look:
    """The colours and weight that the next letters get."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.fore, self.back, self.bold, self.dim, self.reverse, self.underline = None, None, False, False, False, False

    def read(self, codes):
        numbers = [int(code or 0) for code in re.split("[;:]", codes)] or [0]
        while numbers:
            code = numbers.pop(0)
            if code == 0:
                self.clear()
            elif code in (38, 48) and numbers[:1] == [5]:
                self.set_colour(code, COLOURS[numbers[1] % 16])
                del numbers[:2]
            elif code in (38, 48) and numbers[:1] == [2]:
                self.set_colour(code, "#%02x%02x%02x" % tuple(numbers[1:4]))
                del numbers[:4]
            else:
                self.read_plain(code)

    def read_plain(self, code):
        flags = {1: ("bold", True), 2: ("dim", True), 4: ("underline", True), 7: ("reverse", True), 24: ("underline", False),
                 27: ("reverse", False), 39: ("fore", None), 49: ("back", None)}
        if code == 22:
            self.bold = self.dim = False
        elif code in flags:
            setattr(self, *flags[code])
        for first, which, bright in ((30, 38, 0), (40, 48, 0), (90, 38, 8), (100, 48, 8)):
            if first <= code < first + 8:
                self.set_colour(which, COLOURS[code - first + bright])

    def set_colour(self, which, colour):
        setattr(self, "fore" if which == 38 else "back", colour)

    def pair(self):
        fore, back = self.fore or FOREGROUND, self.back
        return (back or BACKGROUND, fore) if self.reverse else (fore, back)


def width(letter):
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def draw_line(line, row, out):
    look, column = Look(), 0
    for part in re.split(r"(\x1b\[[0-9;:]*m)", line):
        if match := SGR.fullmatch(part):
            look.read(match[1])
        elif part:
            cells = sum(map(width, part))
            draw_run(part, column, cells, row, look, out)
            column += cells


def draw_run(text, column, cells, row, look, out):
    fore, back = look.pair()
    x, y = column * CELL_WIDTH, row * CELL_HEIGHT
    if back:
        out.append(f'<rect x="{x:.1f}" y="{y}" width="{cells * CELL_WIDTH:.1f}" height="{CELL_HEIGHT}" fill="{back}"/>')
    if not text.strip():
        return
    style = (' font-weight="bold"' if look.bold else "") + (' opacity="0.6"' if look.dim else "")
    style += ' text-decoration="underline"' if look.underline else ""
    out.append(f'<text x="{x:.1f}" y="{y + 13.5}" fill="{fore}" textLength="{cells * CELL_WIDTH:.1f}"'
               f' lengthAdjust="spacingAndGlyphs" xml:space="preserve"{style}>{html.escape(text)}</text>')


def svg(screen, columns, rows):
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns * CELL_WIDTH:.0f} {rows * CELL_HEIGHT}"'
           ' font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">',
           f'<rect width="100%" height="100%" fill="{BACKGROUND}"/>']
    for row, line in enumerate(screen.split("\n")[:rows]):
        draw_line(line, row, out)
    return "\n".join(out + ["</svg>", ""])


def screen_of(binary, columns, rows, keys):
    with tempfile.TemporaryDirectory() as home:
        socket = os.path.join(home, "tmux")
        tmux = ["tmux", "-S", socket, "-f", "/dev/null"]
        command = f"env HOME={home} TERM=xterm-256color TZ=UTC {binary} --demo"
        subprocess.run(tmux + ["new-session", "-d", "-x", str(columns), "-y", str(rows), command], check=True)
        try:
            time.sleep(1.0)
            for key in keys:
                subprocess.run(tmux + ["send-keys", key], check=True)
                time.sleep(0.3)
            time.sleep(0.5)
            return subprocess.run(tmux + ["capture-pane", "-e", "-p"], check=True, capture_output=True, text=True).stdout
        finally:
            subprocess.run(tmux + ["kill-session"], check=False)


def main():
    binary = os.path.abspath(sys.argv[1])
    for name, (columns, rows, keys) in PICTURES.items():
        path = os.path.join(HERE, f"{name}.svg")
        with open(path, "w", encoding="utf-8") as out:
            out.write(svg(screen_of(binary, columns, rows, keys), columns, rows))
        print(os.path.relpath(path))


if __name__ == "__main__":
    main()
