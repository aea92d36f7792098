"""How figures look: one style, one font list, alt text."""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure
from PIL import Image

from kamlib.words import LANGUAGES, Message, Words

INK = "#1f2933"
MUTED = "#52606d"
LINE = "#d9e2ec"
PAPER = "#ffffff"
PANEL = "#f5f7fa"
ACCENT = "#0b6e6e"
ALERT = "#9b2226"

ACTORS = {
    "us": "#0b6e6e",
    "distributor_a": "#0072b2",
    "distributor_b": "#c77700",
    "direct_retailer": "#009e73",
    "rival": "#9b2226",
    "wholesaler": "#7f6aa8",
    "uncovered": "#8795a1",
}
"""The colour of each actor, the same in every figure of the course, safe for the colour-blind."""

FONT_FILE = Path(__file__).parent / "fonts" / "KamSansSC-Regular.otf"
FONTS = ("Kam Sans SC", "DejaVu Sans")
"""The shipped font, and matplotlib's own for the signs that it lacks."""

DOTS = 200
"""Dots an inch of a PNG: sharp on paper, and twice as fine as a screen."""

SVG_LIMIT = 100_000
"""An SVG of more bytes than this becomes a PNG at twice the size."""

WIDTH = 7.0
HEIGHT = 4.0

_RC: dict[Any, Any] = {
    "font.family": list(FONTS),
    "font.size": 10.0,
    "text.color": INK,
    "figure.facecolor": PAPER,
    "figure.figsize": (WIDTH, HEIGHT),
    "axes.facecolor": PAPER,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.unicode_minus": True,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": INK,
    "ytick.major.size": 0.0,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.08,
    # a title may hold two prices: $ is a currency here, not mathematics
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "kamlib",
    "savefig.dpi": 100.0,
}


@cache
def _add_font() -> None:
    # matplotlib keeps one list of fonts a process; adding ours twice would only slow it down
    font_manager.fontManager.addfont(FONT_FILE)


@contextmanager
def style(lang: str) -> Iterator[None]:
    """Draw *and save* in the house style inside this block: fonts are looked up when saving.

    Raises `ValueError` for a language the workbook does not have.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no such language: {lang!r}; there are {', '.join(LANGUAGES)}")
    _add_font()
    with matplotlib.rc_context(_RC):
        yield


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn figure with what it says in words."""

    figure: Figure
    alt: str
    """The finding and the numbers that matter, for who cannot see the figure."""
    caption: str = ""
    """What stands below it in a page: the measure, the unit, a caution."""
    sources: tuple[str, ...] = ()
    """Where its numbers come from: given, derived, invented."""


class CannotDraw(Exception):
    """A figure cannot be drawn of what is there; carries plain sentences for its author."""

    def __init__(self, *problems: Message) -> None:
        """Take one message for each problem."""
        super().__init__(*map(Words("en").say, problems))
        self.problems = problems


Draw = Callable[[Path, str, Words], Picture]
"""How a figure of a page is drawn: from the folder of its case, at a stage, in a language.

The stage is empty where the page is open from the beginning. Raises `CannotDraw` where something is
missing there, or becomes known only later. A module `kamlib/…_plots.py` offers its figures to pages
by their names in a mapping `FIGURES`.
"""


def percent(share: float, lang: str) -> str:
    r"""Write a share in [0, 1] as whole per cent, as each language spaces it.

    >>> percent(0.645, "en"), percent(0.2, "zh")
    ('64\xa0%', '20%')
    """
    return f"{share * 100:.0f}{'%' if lang == 'zh' else chr(0xA0) + '%'}"


def columns(text: str) -> int:
    """Return how many Latin columns a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shorten(text: str, width: int) -> str:
    """Cut a text to `width` Latin columns, with … where something was cut.

    >>> shorten("Coverage ratio", 20), shorten("Coverage ratio", 9), shorten("覆盖率是多少", 7)
    ('Coverage ratio', 'Coverage…', '覆盖率…')
    """
    if columns(text) <= width:
        return text
    text = text[: max(0, width)]  # a sign takes a column at least; a word may have thousands
    while text and columns(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, width: int) -> str:
    """Break a text into lines of at most `width` Latin columns, at spaces or between 汉字."""
    lines, line = [], ""
    for part in re.findall(r"\s+|[^\W\u2e80-\uffff]+\S*?(?=\s|[\u2e80-\uffff]|$)|\S", text):
        closing = len(part) == 1 and unicodedata.category(part) in {"Pe", "Pf", "Po"}
        if columns(line + part) > width and line.strip() and not closing:
            lines.append(line.strip())
            line = ""
        line += part
    return "\n".join([*lines, line.strip()])


def canvas(finding: str, height: float = HEIGHT) -> Figure:
    """Return an empty figure, 7 inches wide, whose title states the finding."""
    figure = Figure(figsize=(WIDTH, height))
    figure.suptitle(wrap(finding, 74), x=0.012, ha="left", fontsize=12.5, color=INK)
    return figure


def svg(figure: Figure, alt: str, name: str = "figure") -> str:
    """Return a figure as HTML: inline SVG with its alt text, or a PNG where SVG gets too big.

    The same figure gives the same bytes. `name` keeps the ids of several figures on one page
    apart. Raises `RuntimeError` outside `style`.
    """
    said = html.escape(alt)
    text = _saved(figure)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = text.replace("url(#", f"url(#{name}-")
    label = f'class="figure" role="img" aria-label="{said}"'
    text = text.replace("<svg ", f"<svg {label} ", 1)
    return text if len(text.encode()) <= SVG_LIMIT else _img(png(figure), "png", said)


def image(figure: Figure, alt: str, colours: int = 0) -> str:
    """Return a figure as an HTML image that holds all it needs; SVG, or a PNG where that gets too big.

    Notebooks show such an image in text, where they drop inline SVG. The same figure gives the same
    bytes. With `colours` it is the smaller of SVG and a PNG of so many colours, for pages of many
    pictures. Raises `RuntimeError` outside `style`.
    """
    text = _saved(figure).encode()
    if len(text) <= SVG_LIMIT and not colours:
        return _img(text, "svg+xml", html.escape(alt))
    pixels = png(figure, colours)
    if len(text) <= min(SVG_LIMIT, len(pixels)):
        return _img(text, "svg+xml", html.escape(alt))
    return _img(pixels, "png", html.escape(alt))


def _img(data: bytes, kind: str, alt: str) -> str:
    text = base64.b64encode(data).decode()
    return f'<img class="figure" alt="{alt}" src="data:image/{kind};base64,{text}">'


def png(figure: Figure, colours: int = 0) -> bytes:
    """Return a figure as a PNG of 200 dots an inch, the same bytes for the same figure.

    With at most so many `colours` a busy figure takes a third of the room. It has to be called inside
    `style`, as everything that saves.
    """
    pixels = BytesIO()
    figure.savefig(pixels, format="png", dpi=DOTS, metadata={"Software": None})
    if not colours:
        return pixels.getvalue()
    small = BytesIO()
    with Image.open(pixels) as whole:
        few = whole.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
        few.save(small, format="PNG", optimize=True, dpi=(DOTS, DOTS))
    return small.getvalue()


def _saved(figure: Figure) -> str:
    """Return a figure as SVG without date, comments and fixed size."""
    if tuple(matplotlib.rcParams["font.family"]) != FONTS:
        raise RuntimeError("figures are drawn and saved inside kamlib.plots.style(lang)")
    file = StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(file, format="svg", metadata=nothing)
    text = file.getvalue()
    text = text[text.index("<svg") :].strip()
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*\n\s*", " ", text)
    # two machines may differ in the last of 15 digits, which nobody sees, but the bytes would
    text = re.sub(r"scale\([^)]*\)|-?\d+\.\d{3,}", _rounded, text)
    names = dict.fromkeys(re.findall(r'\bid="([a-z][0-9a-f]{10})"', text))
    for number, name in enumerate(names, 1):
        text = text.replace(name, f"{name[0]}{number}")
    return re.sub(r'<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", text, count=1)


def _rounded(found: re.Match[str]) -> str:
    # letters are drawn 64 times too large: their scale is no place
    return found[0] if found[0].startswith("scale") else f"{round(float(found[0]), 2) + 0.0:g}"
