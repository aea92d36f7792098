"""What the browser is given: our scripts and styles, joined from files that several pages share."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parent / "static"


def joined(*names: str) -> str:
    """Return these files of ours one after the other, as a widget takes them: one text.

    A script that others build on stands before them; none of them imports another, since a widget
    has no address to import from.
    """
    return "\n".join((STATIC / name).read_text("utf-8") for name in names)
