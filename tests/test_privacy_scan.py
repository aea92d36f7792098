"""Personal data is found in either language and nothing of a plain account is taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.privacy_scan import Finding, blocks, scan
from kamlib.words import Words


def _one(text: str) -> Finding:
    (found,) = scan({"field": text})
    return found


@pytest.mark.parametrize(
    "text",
    ["13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "+8613812345678",
     "0086-13812345678", "8613812345678", "(+86)138 1234 5678", "１３８１２３４５６７８", "138－1234－5678",
     "联系手机13812345678。", "电话：138.1234.5678", "张三13912345678", "wang13812345678", "TEL13812345678",
     "138 12345678", "1381234 5678", "1 3 8 1 2 3 4 5 6 7 8", "138123 45678", "138\u200b1234\u200b5678",
     "\u202d13812345678\u202c", "010-12345678", "0755 8888 1234", "(021) 6543 2109", "0371-6543210",
     "02165432109", "010-12345678-801", "tel: 6543 2109", "电话：87654321", "+1 415 555 0132",
     "+852 9123 4567", "一三八一二三四五六七八", "幺三九零零一二三四五六", "call 19912345678 or leave it",
     "(138)12345678", "13812345678,", "13812345678; 2026"],
)  # fmt: skip
def test_a_phone_number_blocks(text: str) -> None:
    """Mobiles, landlines and numbers abroad, however they are grouped or copied."""
    found = _one(text)
    assert (found.severity, found.kind, found.place) == ("block", "phone", "field")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("11010519491231002X", "identity_card"), ("身份证：11010519491231002x", "identity_card"), ("110105 19491231 002X", "identity_card"),
     ("130503670401001", "identity_card"), ("１１０１０５１９４９１２３１００２Ｘ", "identity_card"),
     ("li.wei@example.com", "email"), ("邮箱wang_88@mail.example.cn。", "email"),
     ("buyer＠example.com", "email"), ("微信号：lin_wei88", "chat_id"), ("微信号: linweiwei", "chat_id"),
     ("微信 wxid_abc123", "chat_id"), ("WeChat: lin_wei", "chat_id"), ("WeChat ID: linweiwei", "chat_id"),
     ("vx：lin88888", "chat_id"), ("QQ：1234567", "chat_id"), ("微信号 12345678", "chat_id"),
     ("6222 0212 3456 7894", "bank_card"), ("4111111111111111", "bank_card"),
     ("卡号 4111-1111-1111-1111", "bank_card"), ("3782 822463 10005", "bank_card")],
)  # fmt: skip
def test_other_marks_of_a_person_block(text: str, kind: str) -> None:
    """Identity cards, addresses, chat ids and bank cards are each known for what they are."""
    found = _one(text)
    assert (found.severity, found.kind) == ("block", kind)


@pytest.mark.parametrize(
    "text",
    ["4,500", "2026-06-15", "1,256 stores", "F03", "A07", "3.6 万", "sales of 4500 in 2026", "36,000 yuan",
     "2025-07-01 to 2026-06-30", "20260615", "2024 2025 2026", "13812345678 元", "¥13812345678", "RMB 13812345678",
     "13,812,345,678", "13812345678.50", "订单号：13812345678", "order no. 13812345678", "Invoice 13812345678",
     "PO-13812345678", "A13812345678", "SKU 13812345678", "150 2000 3000", "120 150 130 160", "0.12345678",
     "15203040", "6901234567892", "91310000MA1FL12345", "20260615123456789", "IMEI 356938035643809",
     "订单号 4111111111111111", "4111111111111112", "110105194912310", "400-800-1234", "9:00-18:00",
     "1-3 月 4,500 台，4-6 月 5,200 台", "138 家店，1234 台", "电话：20260615 打过", "微信群里每天报价", "微信: weekly",
     "WeChat: weekly orders", "微信号 36000 个", "WeChat account: 36000 followers", "微信 36000 人",
     "WeChat id: unknown", "price @ 36 yuan", "a@b", "@手机", "rate 3.58 a store, 12.5%",
     "1000000000000000", "0000000000000000", "13812 stores", "+12.5%", "+120000000 yuan", "1.38亿"],
)  # fmt: skip
def test_figures_dates_and_codes_pass(text: str) -> None:
    """What an account is full of is not taken for personal data."""
    assert scan({"field": text}) == ()


@pytest.mark.parametrize(
    "text",
    ["王小明先生", "李芳女士", "林总", "与张总谈过", "欧阳经理", "陈经理决定", "王工", "赵老师", "林副总", "联系人：李明",
     "店长李芳，", "采购由周经理负责", "Mr Smith", "Ms. Li Na", "Mrs Brown", "Dr Chen", "Manager Wang",
     "Director Li Ming", "boss Lin", "Contact: John Smith", "Name: Wang Fang", "Mr Wang’s office"],
)  # fmt: skip
def test_a_likely_name_warns_and_a_role_is_offered(text: str) -> None:
    """A name never blocks: a pseudonym looks the same."""
    found = _one(text)
    assert (found.severity, found.kind) == ("warn", "name")
    assert "the " in Words("en").say(found.message)
    assert not blocks((found,))


@pytest.mark.parametrize(
    "text",
    ["采购经理", "总经理决定", "大客户经理", "区域销售总监", "华东经理", "江苏经理", "高级经理", "每周经理例会", "任何经理", "前任经理",
     "对方经理", "向经理汇报", "项目经理", "陈列主管", "由于总部要求", "高总额", "施工进度", "王某", "A 总", "某先生", "门店店长",
     "Mr A", "Ms X", "Distributor A", "the purchasing manager", "Contact: Purchasing Manager", "Operator O",
     "manager of 12 shops", "The Director", "Name: Distributor A", "总成本", "财务经理，", "经理高度重视"],
)  # fmt: skip
def test_roles_and_pseudonyms_pass(text: str) -> None:
    """Whoever writes roles is left in peace."""
    assert scan({"field": text}) == ()


def test_what_is_shown_is_masked_with_all_its_neighbours() -> None:
    """The place can be found again, and no finding gives another one away."""
    findings = scan({"people.2.note": "王小明经理 13812345678 li.wei@example.com"})
    assert [found.kind for found in findings] == ["name", "phone", "email"]
    shown = " ".join(found.shown for found in findings)
    assert "王••经理" in shown
    assert "13•••••••78" in shown
    for secret in ("小明", "13812345678", "li.wei", "wei@example"):
        assert secret not in shown


def test_a_finding_says_where_it_stands() -> None:
    """Field and position are those of the text as it was typed, wide signs included."""
    text = "打 １３８ １２３４ ５６７８ 找采购"
    (found,) = scan({"a": "4,500", "b.note": text})
    assert found.place == "b.note"
    assert text[found.start : found.end] == "１３８ １２３４ ５６７８"


def test_a_name_warns_once_a_field_and_a_number_each_time() -> None:
    """Whoever repeats a pseudonym is not told thirty times; each number has to go."""
    assert len(scan({"a": "林总说，林总问", "b": "林总"})) == 2
    assert len(scan({"a": "13812345678, 13812345678"})) == 2


def test_a_card_with_a_slip_in_it_warns() -> None:
    """A mistyped identity card number is still one to look at."""
    assert [(f.severity, f.kind) for f in scan({"a": "110105194912310021"})] == [
        ("warn", "identity_card")
    ]


_SIGNS = st.text(
    st.one_of(st.characters(), st.sampled_from("0123456789 -+.@:王总经理微信号qQ（）８"))
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(max_size=5), _SIGNS, max_size=3))
def test_any_text_can_be_scanned(fields: dict[str, str]) -> None:
    """Nothing that can be typed breaks the scan; findings lie within their text."""
    for found in scan(fields):
        assert 0 <= found.start < found.end <= len(fields[found.place])
        assert Words("en").say(found.message)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(13_000_000_000, 19_999_999_999).map(str),
    st.sampled_from(["{}", "电话{}。", "call {} now", "({})", "他的号码是{}，", "a\n{}\nb"]),
)
def test_every_mobile_number_blocks_wherever_it_stands(number: str, around: str) -> None:
    """No mobile number is lost in a sentence, nor shown whole."""
    findings = scan({"a": around.format(number)})
    assert blocks(findings)
    assert all(number not in found.shown for found in findings)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a@b.cn", "a@•.••"),
        ("QQ 123456", "QQ 1•••••"),
        ("lin.mei@example.com", "li•.•••@•••••••.•om"),
    ],
)
def test_a_short_address_is_masked_too(text: str, shown: str) -> None:
    """Of an address of a few signs only the first is shown."""
    (found,) = scan({"a": text})
    assert found.shown == shown
