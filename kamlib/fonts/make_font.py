"""How the font of the figures is cut from Noto Sans CJK SC; run it to make the file again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
"""Where Debian's package fonts-noto-cjk puts the collection."""

FACE = "Noto Sans CJK SC"
FAMILY = "Kam Sans SC"
"""The subset has a name of its own, so that a figure never picks up another edition."""

TARGET = Path(__file__).with_name("KamSansSC-Regular.otf")

SIGNS = "‐‑‒–—―‘’‚“”„†•‰′″€™←↑→↓↔⇒≈≠≤≥−×÷±√∞∑∏✓◐○●◦■□▲△▼▽◆◇★☆"


def characters() -> set[str]:
    """Return GB 2312 (levels 1 and 2 with its signs), Latin-1, and the signs of the figures.

    Without the ellipsis: this font sets it at half height, where it looks like an error in English.
    """

    def gb2312() -> Iterator[str]:
        for row in (*range(0xA1, 0xAA), *range(0xB0, 0xF8)):
            for cell in range(0xA1, 0xFF):
                yield bytes((row, cell)).decode("gb2312", errors="ignore")

    latin = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100))}
    return ({*gb2312()} | latin | set(SIGNS)) - {"", "…"}


def face(source: Path) -> TTFont:
    """Return the simplified Chinese face of a collection, or raise `LookupError`."""
    number = 0
    while True:
        try:
            font = TTFont(source, fontNumber=number)
        except Exception as error:
            raise LookupError(f"no face {FACE} in {source}") from error
        if font["name"].getDebugName(1) == FACE:
            return font
        number += 1


def proportional_quotes(font: TTFont) -> None:
    """Give ‘ ’ “ ” their narrow shapes: the figures need them as apostrophes in English too."""
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "pwid"
        for index in record.Feature.LookupListIndex
    }
    narrow: dict[str, str] = {}
    for index in lookups:
        for part in table.LookupList.Lookup[index].SubTable:
            narrow.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    for cmap in font["cmap"].tables:
        if cmap.isUnicode() and cmap.format != 14:
            for char in "‘’“”":
                glyph = cmap.cmap[ord(char)]
                cmap.cmap[ord(char)] = narrow.get(glyph, glyph)


def rename(font: TTFont) -> None:
    """Write the subset's own name into every place a font keeps one; the copyright stays."""
    names = {1: FAMILY, 2: "Regular", 3: f"{FAMILY} 1.0", 4: FAMILY, 6: "KamSansSC-Regular"}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID not in {16, 17}]
    for record in table.names:
        if record.nameID in names:
            record.string = names[record.nameID]
    cff = font["CFF "].cff
    cff.fontNames = [names[6]]
    cff[0].rawDict.update(FullName=FAMILY, FamilyName=FAMILY)


def main() -> None:
    """Make the font file from the installed collection, or from the one named as argument."""
    font = face(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE)
    proportional_quotes(font)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(char) for char in characters()])
    cutter.subset(font)
    rename(font)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(TARGET)


if __name__ == "__main__":
    main()
