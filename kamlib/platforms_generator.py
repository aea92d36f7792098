"""How the portfolio of fictional customers in unit 03 was made: by lot, once, with a fixed seed.

`python -m kamlib.platforms_generator FOLDER` writes it again, the same to the byte.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TypeVar

from kamlib.platforms_file import COLUMNS, PORTFOLIO, Platform, Size

SEED = 3
"""Drawn once; *invented*, as all that follows."""

PLACES = (
    ("North Gate", "北门", 0.5),
    ("Station Square", "站前广场", 0.5),
    ("Old Town", "老城", 0.5),
    ("River Road", "沿江路", 0.5),
    ("Bridge Street", "桥头街", 0.5),
    ("East Ring", "东环", 0.5),
    ("Tea Market", "茶市", 0.5),
    ("Lakeside", "湖滨", 0.5),
    ("University Town", "大学城", 1.5),
    ("Science Park", "科技园", 1.5),
    ("New Town", "新城", 1.5),
    ("Textile Quarter", "纺织城", 1.5),
    ("South Hill", "南山", 1.5),
    ("West Bank", "西岸", 1.5),
    ("Port", "港口", 3.0),
    ("Airport Road", "机场路", 3.0),
    ("County Town", "县城", 3.0),
    ("Upper Valley", "上谷镇", 3.0),
)
"""Places, each with the hours of the way there and back."""

SHOPS: dict[Size, tuple[tuple[str, str], ...]] = {
    "small": (
        ("Phone shop", "手机店"),
        ("Electronics shop", "数码小店"),
        ("Repair shop", "手机维修店"),
        ("Phone counter", "手机柜台"),
    ),
    "medium": (
        ("Phone store", "手机卖场"),
        ("Department store", "百货商场"),
        ("Appliance store", "家电商店"),
    ),
    "large": (
        ("Chain of phone shops", "手机连锁"),
        ("Appliance superstore", "家电大卖场"),
        ("Wholesale hall", "批发大厅"),
    ),
}

SIZES: dict[Platform, dict[Size, int]] = {
    "market": {"small": 15, "medium": 10, "large": 5},
    "working": {"small": 7, "medium": 7, "large": 4},
    "buying": {"small": 4, "medium": 5, "large": 3},
}
"""How many customers of each size stand on each platform."""

LIKELIHOODS = {"50": 13, "70": 10, "90": 7}
WARMTHS = {"50": 7, "70": 6, "90": 5}

FENCES: tuple[tuple[Size, str, str], ...] = (
    ("large", "keep", "high"),
    ("medium", "keep", "high"),
    ("small", "keep", "high"),
    ("medium", "keep", "medium"),
    ("medium", "keep", "medium"),
    ("small", "keep", "medium"),
    ("large", "grow", "low"),
    ("large", "grow", "low"),
    ("medium", "grow", "low"),
    ("medium", "grow", "low"),
    ("small", "grow", "low"),
    ("small", "grow", "low"),
)
"""The customers of the buying platform: size, what hours are for, risk."""

BUYS = {
    "high": (
        ("phones; a rival’s offer lies on the table", "在买手机；对手的报价已经摆上桌"),
        ("phones; deliveries came late twice this month", "在买手机；这个月送货晚了两次"),
        ("phones; the buyer who knew us has left", "在买手机；认识我们的采购走了"),
    ),
    "medium": (
        ("phones; orders have shrunk for two months", "在买手机；订单连着两个月变小"),
        ("phones; asks for longer terms to pay", "在买手机；想要更长的账期"),
        ("phones; takes a second supplier to compare", "在买手机；找了第二家供货商来比"),
    ),
    "low": (
        ("phones, no accessories yet", "在买手机，还没买配件"),
        ("one model, has room for a second", "只卖一个型号，还摆得下第二个"),
        ("phones and cases, no chargers yet", "在买手机和保护壳，还没买充电器"),
        ("phones for two of its counters, has three", "两个柜台卖我们的手机，它有三个柜台"),
        ("phones, no service package yet", "在买手机，还没买服务包"),
        ("phones, leaves the new price band to others", "在买手机，新价位让给了别家"),
    ),
}
"""What a customer buys and what shows his risk, or his room for more."""

T = TypeVar("T")


def _shuffled(counts: dict[T, int], luck: Random) -> list[T]:
    dealt = [name for name, count in counts.items() for _ in range(count)]
    luck.shuffle(dealt)
    return dealt


def rows(seed: int = SEED) -> Iterator[dict[str, str]]:
    """Yield the customers, by platform, as rows of the file.

    >>> row = next(rows())
    >>> row["id"], row["platform"]
    ('C01', 'market')
    """
    luck = Random(seed)
    # each shop of each size at each place, so that no name comes twice
    names = {size: [(shop, place) for shop in SHOPS[size] for place in PLACES] for size in SHOPS}
    for each in names.values():
        luck.shuffle(each)
    market = zip(_shuffled(SIZES["market"], luck), _shuffled(LIKELIHOODS, luck), strict=True)
    working = zip(_shuffled(SIZES["working"], luck), _shuffled(WARMTHS, luck), strict=True)
    buying = list(FENCES)
    luck.shuffle(buying)
    said = {risk: list(texts) for risk, texts in BUYS.items()}
    number = 0

    def row(platform: Platform, size: Size, **known: str) -> dict[str, str]:
        nonlocal number
        number += 1
        shop, place = names[size].pop()
        blank = dict.fromkeys(COLUMNS, "")
        return blank | {
            "id": f"C{number:02}", "name_en": f"{shop[0]}, {place[0]}", "name_zh": place[1] + shop[1],
            "platform": platform, "size": size, "travel_hours": f"{place[2]:g}",
        } | known  # fmt: skip

    for size, likelihood in market:
        yield row("market", size, likelihood=likelihood)
    for size, warmth in working:
        yield row("working", size, warmth=warmth)
    for size, fence, risk in buying:
        text = said[risk].pop(0)
        yield row("buying", size, risk=risk, fence=fence, buys_en=text[0], buys_zh=text[1])


def text(seed: int = SEED) -> str:
    """Return the file."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(seed))
    return file.getvalue()


if __name__ == "__main__":
    (Path(sys.argv[1]) / PORTFOLIO).write_text(text(), "utf-8")
