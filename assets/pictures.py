#!/usr/bin/env python3
"""Makes the README's pictures from the real program: runs it in tmux, types, and paints what the terminal shows.

    python3 -m venv V && V/bin/pip install pillow       once; also tmux, and the font DejaVu Sans Mono
    V/bin/python assets/pictures.py BINARY [NAME]       writes assets/screens/*.png, or those of one screen

Nothing is drawn by hand: each picture is the program's own screen on the demo cache, at a fixed time. Lines and bars
are painted as such, for a font leaves gaps between them.
"""
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata

from PIL import Image, ImageColor, ImageDraw, ImageFont

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "screens")
FONTS = "/usr/share/fonts/truetype/dejavu/"
SIZES = [(140, 40), (80, 24)]
THEMES = {"dark": ("#d4dae3", "#171b22"), "light": ("#24292f", "#ffffff")}
CELL_WIDTH, CELL_HEIGHT, LETTER, MARGIN = 8, 17, 13.3, 8
# The shades between a letter and its ground.
SHADES = 6
# name: what is typed
SCREENS = {
    "browser": ["j", "Space", "Space"],
    "plan": ["1", "j", "D", "a", "d", "a"],
    "why": ["w"],
    "health": ["H"],
}
SGR = re.compile(r"\x1b\[([0-9;:]*)m")
SIDES = {"─": "lr", "━": "lr", "│": "ud", "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu", "├": "udr", "┤": "udl",
         "┬": "lrd", "┴": "lru", "┼": "lrud", "┿": "lrud"}
EIGHTHS = "▏▎▍▌▋▊▉█"


class Look:
    """The colours and weight that the next letters get."""

    def __init__(self, fore, back):
        self.base = fore, back
        self.clear()

    def clear(self):
        (self.fore, self.back), self.flags = self.base, set()

    def read(self, codes):
        numbers = [int(code or 0) for code in re.split("[;:]", codes)]
        while numbers:
            code = numbers.pop(0)
            if code == 0:
                self.clear()
            elif code in (38, 48) and numbers[:1] == [2]:
                colour = "#%02x%02x%02x" % tuple(numbers[1:4])
                del numbers[:4]
                setattr(self, "fore" if code == 38 else "back", colour)
            elif code in (1, 4, 7):
                self.flags.add(code)
            elif code in (22, 24, 27):
                self.flags.discard({22: 1, 24: 4, 27: 7}[code])
            elif code == 39:
                self.fore = self.base[0]
            elif code == 49:
                self.back = self.base[1]
            else:
                raise SystemExit(f"a code that the themes do not use: {code}")

    def pair(self):
        return (self.back, self.fore) if 7 in self.flags else (self.fore, self.back)


class Canvas:
    """A picture of a screen, cell by cell."""

    def __init__(self, columns, rows, back):
        size = columns * CELL_WIDTH + 2 * MARGIN, rows * CELL_HEIGHT + 2 * MARGIN
        self.image = Image.new("RGB", size, back)
        self.draw = ImageDraw.Draw(self.image)
        self.pairs = {(back, back)}
        self.fonts = [ImageFont.truetype(FONTS + name, LETTER) for name in ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")]

    def cell(self, column, row, letter, look):
        fore, back = look.pair()
        self.pairs.add((fore, back))
        left, top = MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT
        self.draw.rectangle((left, top, left + width(letter) * CELL_WIDTH - 1, top + CELL_HEIGHT - 1), back)
        if letter in SIDES:
            self.lines(left, top, letter, fore)
        elif letter in EIGHTHS:
            right = left + round(CELL_WIDTH * (EIGHTHS.index(letter) + 1) / 8) - 1
            self.draw.rectangle((left, top + 3, right, top + CELL_HEIGHT - 4), fore)
        elif letter != " ":
            self.draw.text((left, top + 13), letter, fore, self.fonts[1 in look.flags], anchor="ls")
        if 4 in look.flags:
            self.draw.line((left, top + 15, left + CELL_WIDTH - 1, top + 15), fore)

    def lines(self, left, top, letter, fore):
        x, y = left + CELL_WIDTH // 2, top + CELL_HEIGHT // 2
        ends = {"l": (left, y), "r": (left + CELL_WIDTH - 1, y), "u": (x, top), "d": (x, top + CELL_HEIGHT - 1)}
        for side in SIDES[letter]:
            thick = 3 if letter in "━┿" and side in "lr" else 1
            self.draw.line([(x, y), ends[side]], fore, thick)


    def cursor(self, column, row, fore):
        left, top = MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT
        self.draw.rectangle((left, top + 1, left + CELL_WIDTH - 1, top + CELL_HEIGHT - 2), fore)

    def small(self):
        """The picture in as many colours as it needs: those of the screen, and the shades at the edges of letters."""
        pairs = [tuple(map(ImageColor.getrgb, pair)) for pair in sorted(self.pairs)]
        shades = {colour: None for pair in pairs for colour in pair}
        for step in range(1, SHADES):
            finer = {tuple(a + (b - a) * step // SHADES for a, b in zip(*pair)): None for pair in pairs}
            shades.update(finer if len(shades | finer) <= 256 else {})
        palette = Image.new("P", (1, 1))
        palette.putpalette([part for shade in shades for part in shade])
        return self.image.quantize(palette=palette, dither=Image.Dither.NONE)


def width(letter):
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def painted(screen, cursor, columns, rows, theme):
    canvas, look = Canvas(columns, rows, THEMES[theme][1]), Look(*THEMES[theme])
    for row, line in enumerate(screen.split("\n")[:rows]):
        column = 0
        for part in re.split(r"(\x1b\[[0-9;:]*m)", line):
            if match := SGR.fullmatch(part):
                look.read(match[1])
                continue
            for letter in part:
                canvas.cell(column, row, letter, look)
                column += width(letter)
    if cursor:
        canvas.cursor(*cursor, THEMES[theme][0])
    return canvas.small()


def screen_of(binary, columns, rows, theme, keys):
    with tempfile.TemporaryDirectory() as home:
        tmux = ["tmux", "-S", os.path.join(home, "tmux"), "-f", "/dev/null"]
        command = f"env -i HOME={home} TERM=tmux-256color COLORTERM=truecolor TZ=UTC {binary} --demo --theme {theme}"
        subprocess.run(tmux + ["new-session", "-d", "-x", str(columns), "-y", str(rows), command], check=True)
        try:
            time.sleep(1.0)
            for key in keys:
                subprocess.run(tmux + ["send-keys", key], check=True)
                time.sleep(0.3)
            # The word at the foot that a key may have left is gone by then.
            time.sleep(2.5)
            asked = [["capture-pane", "-e", "-p"], ["display-message", "-p", "#{cursor_flag} #{cursor_x} #{cursor_y}"]]
            screen, cursor = (subprocess.run(tmux + words, check=True, capture_output=True, text=True).stdout for words in asked)
            shown, *place = map(int, cursor.split())
            return screen, place if shown else None
        finally:
            subprocess.run(tmux + ["kill-session"], check=False)


def main():
    binary, chosen = os.path.abspath(sys.argv[1]), sys.argv[2:] or list(SCREENS)
    os.makedirs(FOLDER, exist_ok=True)
    for name in chosen:
        for theme in THEMES:
            for columns, rows in SIZES:
                screen, cursor = screen_of(binary, columns, rows, theme, SCREENS[name])
                path = os.path.join(FOLDER, f"{name}-{theme}-{columns}x{rows}.png")
                painted(screen, cursor, columns, rows, theme).save(path, optimize=True)
                print(os.path.relpath(path), os.path.getsize(path))


if __name__ == "__main__":
    main()
