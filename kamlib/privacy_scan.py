"""Where personal data stands in what a person typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kamlib.words import N_, Message, message

Severity = Literal["block", "warn"]
"""Whether it has to go before the homework is handed in, or only has to be looked at."""

Kind = Literal["phone", "identity_card", "email", "chat_id", "bank_card", "name"]

AROUND = 12
"""How many characters on either side of a finding are shown with it."""

LONG = 8
"""Of a finding with more signs, two are shown at each end; of others only the first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of text that is, or may be, about a person who can be recognised by it."""

    severity: Severity
    kind: Kind
    place: str
    """The field, as it was named to `scan`."""
    start: int
    """Where it begins in the field's text."""
    end: int
    """Where it ends in the field's text."""
    shown: str
    """The text around it, with personal data masked, so that it can be shown and kept."""
    message: Message
    """What it is and what to do."""


def scan(fields: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the personal data in the texts of some fields, in the fields' order.

    Phone numbers, identity cards, e-mail addresses, chat ids and bank cards block; what looks like
    a person's name warns, once a field. Patterns can miss and can be wrong: a figure with commas or
    its unit (12,800,000,000; 12800000000 元) is never taken for a phone number. Nothing is sent
    anywhere, and nothing is raised for any text.

    >>> (found,) = scan({"finance.note": "Call 138 1234 5678 before noon"})
    >>> found.severity, found.kind, found.place, found.shown
    ('block', 'phone', 'finance.note', 'Call 13• •••• ••78 before noon')
    >>> [found.severity for found in scan({"people.1": "王小明经理决定采购"})]
    ['warn']
    >>> scan({"network": "1,256 stores, 4,500 phones since 2026-06-15 (F03)"})
    ()
    """
    return tuple(finding for place, text in fields.items() for finding in _in_field(place, text))


def blocks(findings: tuple[Finding, ...]) -> bool:
    """Tell whether something has to go before the hand-in.

    >>> blocks(scan({"a": "Mr Smith decides"})), blocks(scan({"a": "smith@example.com"}))
    (False, True)
    """
    return any(finding.severity == "block" for finding in findings)


@dataclass(frozen=True, slots=True)
class _Hit:
    kind: Kind
    severity: Severity
    start: int
    end: int
    what: Message


def _in_field(place: str, text: str) -> Iterator[Finding]:
    plain = _plain(text)
    hits: list[_Hit] = []
    for hit in _hits(plain):
        if all(hit.end <= other.start or other.end <= hit.start for other in hits):
            hits.append(hit)
    hits.sort(key=lambda hit: hit.start)
    masked = list(text)
    for hit in hits:
        for at in _hidden(plain, hit):
            masked[at] = "•"
    names: set[str] = set()
    for hit in hits:
        written = plain[hit.start : hit.end]
        if hit.kind == "name" and written in names:
            continue
        names.add(written)
        yield Finding(
            hit.severity, hit.kind, place, hit.start, hit.end, _around(masked, hit), hit.what
        )


def _plain(text: str) -> str:
    """Return the text in half width with simple dashes, each character still in its place."""
    return "".join(map(_plain_sign, text))


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if (digit := unicodedata.decimal(sign, None)) is not None:
        return str(digit)
    category = unicodedata.category(sign)
    if category == "Pd" or sign == "−":
        return "-"
    if category in ("Cf", "Zs"):
        return " "  # phones copied from an address book come with invisible marks
    half = unicodedata.normalize("NFKC", sign)
    return half if len(half) == 1 else sign


def _hidden(plain: str, hit: _Hit) -> list[int]:
    """Return which characters of a finding are not shown."""
    signs = [at for at in range(hit.start, hit.end) if plain[at].isalnum()]
    if hit.kind != "name":
        # of a short address, the first and last two signs would be most of it
        return signs[2:-2] if len(signs) > LONG else signs[1:]
    if plain[hit.start].isascii():
        given = [at for at in signs if at and plain[at - 1].isalpha() and plain[at].islower()]
        return given[1:] if len(given) > 1 else given
    return signs[1 : 1 + _given_length(plain[hit.start : hit.end])]


def _given_length(name: str) -> int:
    title = _TITLE_AT_END.search(name)
    return max(0, (title.start() if title else len(name)) - 1)


def _around(masked: list[str], hit: _Hit) -> str:
    start, end = max(0, hit.start - AROUND), min(len(masked), hit.end + AROUND)
    shown = " ".join("".join(masked[start:end]).split())
    return f"{'…' if start else ''}{shown}{'…' if end < len(masked) else ''}"


# What the findings say ---------------------------------------------------------------------------

_PHONE = message(
    "This looks like a phone number. Take it out: the homework needs no numbers of people. If "
    "it is a figure, write it with commas or with its unit."
)
_CARD = message("This looks like an identity card number. Take it out.")
_NEARLY_CARD = message(
    "This is shaped like an identity card number, though its last sign does not fit. Take it out if "
    "it is one."
)
_EMAIL = message("This looks like an e-mail address. Take it out and write the role of the person.")
_CHAT = message("This looks like a chat id. Take it out and write the role of the person.")
_BANK = message("This looks like a bank card number. Take it out.")
_NAME = N_(
    "This looks like a person’s name. Write the role instead, such as “{role}”; a pseudonym may stay."
)

_ROLES = {
    "总": N_("the general manager"),
    "董": N_("the chairman"),
    "董事长": N_("the chairman"),
    "总监": N_("the director"),
    "经理": N_("the purchasing manager"),
    "主管": N_("the supervisor"),
    "店长": N_("the shop manager"),
    "老板": N_("the owner"),
    "boss": N_("the owner"),
    "director": N_("the director"),
    "chairman": N_("the chairman"),
    "supervisor": N_("the supervisor"),
}
_ANY_ROLE = N_("the purchasing manager")


def _name(start: int, end: int, title: str = "") -> _Hit:
    role = Message(_ROLES.get(title.lower(), _ANY_ROLE))
    return _Hit("name", "warn", start, end, Message(_NAME, (("role", role),)))


# What is looked for, the surest first ------------------------------------------------------------


def _hits(plain: str) -> Iterator[_Hit]:
    for match in _EMAIL_ADDRESS.finditer(plain):
        yield _Hit("email", "block", *match.span(), _EMAIL)
    yield from _chat_ids(plain)
    yield from _identity_cards(plain)
    yield from _bank_cards(plain)
    yield from _phones(plain)
    yield from _names(plain)


_EMAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9._%+-]{1,64} ?@ ?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
)

_CHAT_NAME = r"(?:微信|[薇威维]信|(?<![A-Za-z])(?:we ?chat|weixin|wx|vx|qq))"
_CHAT_ID = re.compile(
    rf"{_CHAT_NAME}[ ]*(?P<sure>号码?|账号|帐号|(?:id|account|number|no)(?![A-Za-z])\.?)?"
    r"[ ]*(?P<sign>[:=]|是|为|is(?![A-Za-z]))?[ ]*"
    r"(?P<id>[A-Za-z][-_A-Za-z0-9]{5,19}|\d{5,11})(?![-_A-Za-z0-9])",
    re.IGNORECASE,
)
_NO_ID = frozenset({
    "unknown", "withheld", "removed", "deleted", "pending", "private", "missing", "masked",
    "hidden", "secret", "group", "groups", "orders",
})  # fmt: skip


def _chat_ids(plain: str) -> Iterator[_Hit]:
    for match in _CHAT_ID.finditer(plain):
        id_, sure = match["id"], bool(match["sure"])
        if id_.isdigit():
            # "微信 36000 人" counts people; only a number that is said to be an id is one
            is_id = (sure and len(id_) > 5) or match[0].lower().startswith("qq")
            is_id = is_id and not _COUNTED.match(plain, match.end())
        elif sure and match["sign"] in (":", "="):
            is_id = id_.lower() not in _NO_ID
        else:
            is_id = any(sign.isdigit() or sign == "_" for sign in id_)
        if is_id:
            yield _Hit("chat_id", "block", match.start("id"), match.end("id"), _CHAT)


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REGIONS = frozenset({
    *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66),
    71, 81, 82, 83,
})  # fmt: skip
_EIGHTEEN = re.compile(r"(?<![0-9A-Za-z])\d{6}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[0-9Xx](?![0-9A-Za-z])")
_FIFTEEN = re.compile(r"(?<![0-9A-Za-z.])\d{6}[ -]?\d{6}[ -]?\d{3}(?![0-9A-Za-z]|\.\d)")


def _identity_cards(plain: str) -> Iterator[_Hit]:
    for match in _EIGHTEEN.finditer(plain):
        signs = re.sub("[ -]", "", match[0]).upper()
        if int(signs[:2]) in _REGIONS and _is_day(signs[6:14]):
            total = sum(w * int(sign) for w, sign in zip(_WEIGHTS, signs, strict=False))
            if "10X98765432"[total % 11] == signs[17]:
                yield _Hit("identity_card", "block", *match.span(), _CARD)
            elif not _is_figure(plain, match):
                yield _Hit("identity_card", "warn", *match.span(), _NEARLY_CARD)
    for match in _FIFTEEN.finditer(plain):
        digits = re.sub("[ -]", "", match[0])
        born = _is_day(f"19{digits[6:12]}")
        if int(digits[:2]) in _REGIONS and born and not _is_figure(plain, match):
            yield _Hit("identity_card", "block", *match.span(), _CARD)


def _is_day(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1900 <= year < 2100


_BANK_CARD = re.compile(
    r"(?<![0-9A-Za-z.])(?:[3-69]\d{15,18}|[3-69]\d{3}(?P<sep>[ -])\d{4}(?P=sep)\d{4}(?P=sep)\d{4}"
    r"(?:(?P=sep)\d{1,3})?|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![0-9A-Za-z]|\.\d)"
)


def _bank_cards(plain: str) -> Iterator[_Hit]:
    for match in _BANK_CARD.finditer(plain):
        digits = re.sub(r"\D", "", match[0])
        if _luhn(digits) and len(set(digits)) > 1 and not _is_figure(plain, match):
            yield _Hit("bank_card", "block", *match.span(), _BANK)


def _luhn(digits: str) -> bool:
    """Tell whether the last digit fits the others, as it does on every bank card.

    >>> _luhn("4111111111111111"), _luhn("4111111111111112")
    (True, False)
    """
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


_GAP = "(?:[ .·-]{1,3})"
_NEW = r"(?<![0-9])(?<![0-9][.,])"  # not in the middle of a longer number
_DONE = r"(?!\d|[.,]\d)"
_MOBILE = re.compile(
    rf"{_NEW}(?:\(?(?:\+ ?|00)?86\)?[ -]{{0,3}})?\(?1[3-9](?:"
    rf"\d{{9}}|\d\)?{_GAP}\d{{4}}{_GAP}?\d{{4}}|\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{4}}"
    rf"|\d{_GAP}\d{{3}}{_GAP}\d{{5}}|\d{{5}}{_GAP}\d{{4}}|\d{{4}}{_GAP}\d{{5}}|\d{{3}}{_GAP}\d{{6}}"
    rf"|\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}|\d\){_GAP}?\d{{8}}){_DONE}"
    rf"|{_NEW}1[ -][3-9](?:[ -]\d){{9}}(?! ?\d)"
)
_LANDLINE = re.compile(
    rf"{_NEW}\(?0(?:10|2\d|[3-9]\d{{2}})\)?[ -]{{0,3}}(?:\d{{7,8}}|\d{{3,4}}[ -]\d{{4}})"
    r"(?:(?: ?- ?| ?转 ?| ?ext\.? ?)\d{1,6})?(?!\d|[.,]\d)"
)
_ABROAD = re.compile(r"(?<![0-9A-Za-z])\+ ?[1-9](?:[ ()-]{0,2}\d){8,14}(?!\d|[.,]\d)")
_LABELLED = re.compile(
    r"(?:电话|座机|手机|传真|(?<![A-Za-z])(?:tel|telephone|phone|mobile|cell|fax))"
    r"(?: ?(?:号码?|number|no\.?))? ?[:.] ?(?P<number>[2-8]\d{2,3}[ -]?\d{4})(?!\d|[.,]\d)",
    re.IGNORECASE,
)
_SPELT = re.compile(r"(?<![零〇一二三四五六七八九])[一幺][三四五六七八九][零〇幺一二三四五六七八九]{9}(?![零〇一二三四五六七八九十百千万])")  # fmt: skip


def _phones(plain: str) -> Iterator[_Hit]:
    for pattern in (_ABROAD, _MOBILE, _LANDLINE):
        for match in pattern.finditer(plain):
            if not (_is_figure(plain, match) or _is_code(plain, match) or _is_series(match[0])):
                yield _Hit("phone", "block", *match.span(), _PHONE)
    for match in _LABELLED.finditer(plain):
        digits = re.sub(r"\D", "", match["number"])
        if not (len(digits) == 8 and _is_day(digits)) and not _is_figure(plain, match):
            yield _Hit("phone", "block", *match.span("number"), _PHONE)
    for match in _SPELT.finditer(plain):
        yield _Hit("phone", "block", *match.span(), _PHONE)


_COUNTED = re.compile(
    r" ?(?:元|块|万|亿|千|百|台|件|箱|盒|个|人|家|%|(?:yuan|rmb|cny|units?|pieces?|boxes|cartons?|people"
    r"|users?|members?|followers?|stores?|shops?|phones|thousand|million|billion)(?![A-Za-z]))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:[单订货编批条串票]号|订单|合同号?|编码|条码|发票|运单|"
    r"(?<![A-Za-z])(?:order|invoice|contract|tracking|batch|serial|article|item|sku|imei|po)s?)"
    r"(?: ?(?:号码?|number|no\.?|id))?(?: ?(?:[:#=]|is|是|为))? ?$|[¥￥$€#] ?$"
    r"|(?<![A-Za-z])(?:rmb|cny) ?$",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:[A-Z]|[A-Z]{1,6}[-_/])$")
_SAYS_PHONE = re.compile(r"(?<![A-Z])(?:TEL|PHONE|MOBILE|CELL|FAX|WX|VX|QQ)-?$")


def _is_figure(plain: str, match: re.Match[str]) -> bool:
    """Tell whether a number is an amount, or the number of an order, by what stands beside it."""
    if plain[match.start()] != "+" and _NUMBERED.search(
        plain[max(0, match.start() - 24) : match.start()]
    ):
        return True
    return bool(_COUNTED.match(plain, match.end()))


def _is_code(plain: str, match: re.Match[str]) -> bool:
    before = plain[max(0, match.start() - 10) : match.start()]
    return bool(_CODE.search(before)) and not _SAYS_PHONE.search(before)


def _is_series(written: str) -> bool:
    """Tell whether it is a row of round figures: 150 2000 3000."""
    groups = written.split(" ")
    return (
        len(groups) == 3 and groups[0].endswith("0") and all(g.endswith("00") for g in groups[1:])
    )


# Names -------------------------------------------------------------------------------------------

_SURNAMES = (
    "王李张刘陈杨赵黄吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛"
    "叶阎余潘杜戴夏钟汪田姜范石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔"
    "贺赖龚文庞樊兰殷陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦柳邢岳齐梅莫庄辛祝涂谷祁"
    "舒耿牟卜詹关苗凌费纪靳盛欧甄项阳裴席卫屈鲍覃霍翁甘柴"
)
_IN_OTHER_WORDS = {
    "周": "每本上下双近0-9",
    "于": "由在对关低高等属基位大小",
    "方": "对我双甲乙他官三户",
    "任": "现前新历担时继接就升调兼",
    "高": "最提",
    "施": "实设措",
}
"""Surnames that are also the end of another word, by what stands before them there."""
_DOUBLE = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐"
_TITLES = (
    "先生|女士|小姐|太太|老师|医生|董事长|总经理|副总|总监|经理|主任|主管|店长|老板|厂长|处长|科长|局长|院长|部长|"
    "总(?![部共额体数量结裁会之代店公成计价销收资行包仓归览目分务])|董(?!事)|工(?![作厂人资程业具商会序期])"
)
_SURNAME = "|".join(
    [_DOUBLE, f"[{_SURNAMES}]"]
    + [f"(?<![{before}]){name}" for name, before in _IN_OTHER_WORDS.items()]
)
_TITLE_AT_END = re.compile(rf"(?:{_TITLES})$")
_GIVEN = r"(?![的了和与在是有对为从到等及或这那其由被把让给向跟说找见问请某副总])[\u4e00-\u9fff]"
_BEFORE_TITLE = re.compile(
    rf"(?P<name>(?:{_SURNAME})(?:{_GIVEN}){{0,2}}?) ?"
    rf"(?P<title>{_TITLES})"
)
_AFTER_TITLE = re.compile(
    rf"(?P<title>联系人|姓名|经办人|负责人|董事长|总经理|总监|经理|主任|主管|店长|老板|先生|女士)(?P<sign> ?[:] ?| )?"
    rf"(?P<name>(?:{_SURNAME})(?:{_GIVEN}){{1,2}})"
    r"(?=[^\u4e00-\u9fff]|$|[说是在和与的、])"
)
_NO_NAMES = re.compile(
    "高[级层度管端新效中低]|华|江[苏西南北东]|安[徽排全装]|任[何务期命职]|黄金|方[面案法向式]|常[务见年州委]|金[融额牌属华]|时|石"
    "[油化家]|周[边报会期转末一二三四五六日]|成[都本为立交员]|郑州|苏[州南北]|温[州和]|徐州|武汉|沈阳|贵|康复|龙头|毛[利收]|万[元台家一件]|"
    "余[额下]|白[天班]|严[格重]|程[序度]|向[上下导]|项目|管[理控]|关[键系于注]|文[件员化案]|费用|左右|章程|卫生|查|游|成|欧[洲美]|于[是此]|"
    "何[时处人种]|田间|夏季|冬季|盛|许[可多]|段|易|单|史上|马上|雷达|曲线|纪[录要检]|施工|程工|石工|武警|季[度末]|陆[续]|童装|安|常|陈列|白酒|牛奶|顾[客问]|韩国|实施"
)
_ENGINEERS = frozenset("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯")
_NO_END = re.compile("公司|工$|[区部店司省市县]$")
_ROLE_LABELS = frozenset({"联系人", "姓名", "经办人", "负责人"})

_PINYIN = (
    "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin Guo Ma Luo Liang Song Zheng "
    "Xie Han Tang Feng Deng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu "
    "Ding Ren Yao Shen Zhong Fan Qin Jin Tan Liao Zou Xiong Qian Kong Bai Cui Kang Mao Qiu Shi Gu Hou "
    "Shao Meng Wan Lei Yin Qiao"
).replace(" ", "|")
_PERSON = r"[A-Z][a-z]+(?:[-’'][A-Za-z][a-z]+)*"
_ENGLISH = (
    re.compile(rf"\b(?P<title>Mr|Mrs|Ms|Miss|Mdm|Madam|Dr|Prof)\b\.? ?(?P<name>{_PERSON}(?: {_PERSON})?)"),
    re.compile(
        r"\b(?P<title>(?i:manager|director|boss|chairman|supervisor|buyer|president)) "
        rf"(?P<name>(?:{_PINYIN})(?: {_PERSON})?)\b"
    ),
    re.compile(rf"\b(?P<title>(?i:contact|contact person|name)) ?: ?(?P<name>{_PERSON} {_PERSON})\b"),
)  # fmt: skip
_NO_PEOPLE = frozenset({
    "Manager", "Director", "Buyer", "Decider", "Purchasing", "Purchase", "Sales", "Head",
    "Owner", "Chief", "Finance", "Warehouse", "Store", "Shop", "General", "Regional",
    "Category", "Account", "Distributor", "Customer", "Supplier", "Operator", "Rival",
    "Department", "Team", "Deputy", "Assistant", "Office", "Role", "Pseudonym",
    "Gatekeeper", "Sponsor", "User", "Influencer", "Logistics", "Marketing",
})  # fmt: skip


def _names(plain: str) -> Iterator[_Hit]:
    for match in _BEFORE_TITLE.finditer(plain):
        alone = len(match["name"]) == 1
        no_name = _NO_NAMES.match(match["name"]) or _NO_END.search(match["name"])
        no_engineer = match["title"] == "工" and match["name"] not in _ENGINEERS
        if (alone or not no_name) and not no_engineer:
            yield _name(*match.span(), match["title"])
    for match in _AFTER_TITLE.finditer(plain):
        if not _NO_NAMES.match(match["name"]):
            title = "" if match["title"] in _ROLE_LABELS else match["title"]
            yield _name(*match.span("name"), title)
    for pattern in _ENGLISH:
        for match in pattern.finditer(plain):
            if _NO_PEOPLE.isdisjoint(match["name"].split()):
                yield _name(*match.span(), match["title"])
