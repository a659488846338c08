"""Errors on the Chinese page: said in Chinese, with every value as it was, and nothing left out."""

from __future__ import annotations

import ast
import base64
import importlib
import inspect
import itertools
import re
import zlib
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdecon as qd
from qdecon.errors import NotAvailable, QdeconError, UnknownName
from qdecon.explore import first_choice, from_query, markup, translation, view
from qdecon.explore.controls import Page
from qdecon.explore.translation import in_chinese
from qdecon.explore.words import WORDS
from qdecon.plan import Bilingual
from qdecon.projection import project_accounts
from qdecon.scenario import (
    LEVERS,
    Assumption,
    Scenario,
    Shock,
    accounts_to,
    as_in,
    assess_under,
    elasticity,
    from_link,
    from_toml,
    latest_growth,
    outcome,
    phased_in,
    required,
    run,
    text,
    to_link,
    to_toml,
)

CITY = qd.load("qingdao")
FIRST = first_choice(CITY)
BASE = project_accounts(CITY, 2028)
NAME = Bilingual("假定", "assumed")
WHERE = WORDS["toml"].zh
HAN = re.compile("[\u4e00-\u9fff]")
QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
KEYS = {*text._SCENARIO, *text._ASSUMPTION, *text._SHOCK}
# What may stand in Latin letters: names of things, and of nothing else.
NAMES = {*LEVERS, *KEYS, *CITY.indicators, *BASE.indicators, *(each.id for each in CITY.plan.targets), CITY.plan.id,
         *CITY.peers.names_en.values(), "Qingdao", "TOML", "UTF-8", "planted", "services", "growth", "outgrowth",
         "constant", "phased", "front-loaded", "zh", "en", "lang", "target", "solve", "by", "shape", "take", "place",
         "first", "last", "lever", "driver", "plan.toml", "choice", "target_id", "horizon", "true", "nan"}  # fmt: skip
FILE = """schema = 1
id = "goal"
name_zh = "目标"
name_en = "goal"
first = 2026

[[assumption]]
lever = "real_growth"
values = [5.0, 4.5]

[[shock]]
year = 2027
fall = 4.0
"""


def made(*assumptions: Assumption, shocks: tuple[Shock, ...] = (), first: int = 2026) -> Scenario:
    return Scenario("planted", NAME, first, assumptions, shocks)


def both(part: str, outgrowth: float = 1.0, price: float = 0.0) -> tuple[Assumption, Assumption]:
    return Assumption(f"{part}_outgrowth", (outgrowth,)), Assumption(f"{part}_price", (price,))


def typed(old: str, new: str) -> Scenario:
    """A text that a reader has changed in the page."""
    assert old in FILE
    return from_toml(FILE.replace(old, new, 1), WHERE)


def without(*items: str, missing: str = "") -> qd.projection.Accounts:
    """The accounts without some items."""
    kept = {name: each for name, each in BASE.items.items() if name not in items}
    return replace(
        BASE, items=MappingProxyType(kept), missing=MappingProxyType(dict.fromkeys(items, missing) if missing else {})
    )


def planned(**changes: object) -> qd.data.Dataset:
    """The city with a plan that says something else of its first target."""
    targets = (replace(CITY.plan.targets[0], **changes), *CITY.plan.targets[1:])
    return replace(CITY, plan=replace(CITY.plan, targets=targets))


def of_province(name: str | None) -> qd.data.Dataset:
    return replace(CITY, plan=replace(CITY.plan, driver=name))


def nation_until(year: int) -> qd.data.Dataset:
    return replace(CITY, peers=replace(CITY.peers, nation=replace(CITY.peers.nation, last=year)))


def nothing_ahead() -> qd.data.Dataset:
    settled = tuple(replace(each, deadline=2020) if each.deadline else each for each in CITY.plan.targets)
    return replace(CITY, plan=replace(CITY.plan, targets=settled))


def unpublished() -> qd.data.Dataset:
    kept = {name: each for name, each in CITY.indicators.items() if each.numerator != "va_producer_services"}
    return replace(CITY, indicators=kept)


def latin(said: str) -> set[str]:
    """Words in Latin letters, the reader's own (in quotes) left out."""
    return set(re.findall(r"[A-Za-z][\w.'-]*", QUOTED.sub("", said), re.ASCII))


def values(said: str) -> set[str]:
    """Numbers, quotations and names of things."""
    return {*re.findall(r"-?\d+(?:\.\d+)?%?|[a-z]+_\w+", QUOTED.sub("", said), re.ASCII), *QUOTED.findall(said)}


def in_full(error: QdeconError) -> str:
    """The Chinese of an error; it is Chinese, nothing else, and has all values of the English."""
    said = in_chinese(error)
    for english, chinese in zip((error.what, error.where, error.remedy), said, strict=True):
        assert HAN.search(chinese), chinese
        assert latin(chinese) <= NAMES, (latin(chinese) - NAMES, chinese)
        assert values(english) <= values(chinese), (values(english) - values(chinese), english, chinese)
    return "\n".join(said)


REFUSED = [
    # Links
    (lambda: from_query(CITY, "&" * 9000), "an address of 9000 characters"),
    (lambda: from_query(CITY, "&".join(f"a{each}=1" for each in range(40))), "an address with too many fields"),
    (lambda: from_query(CITY, "lang=fr"), "lang is 'fr'"),
    (lambda: from_query(CITY, "target=t99"), "target is 't99'"),
    (lambda: from_query(CITY, "solve=luck"), "solve is 'luck'"),
    (lambda: from_query(CITY, "by=0.3"), "by is '0.3'"),
    (lambda: from_query(CITY, "shape=steep"), "shape is 'steep'"),
    (lambda: from_query(CITY, "target=a table"), "target is 'a table'"),
    (lambda: from_query(CITY, "s=2.x"), "no scenario link: not `1.`"),
    (lambda: from_link("1." + "A" * 9000), "a link of 9002 characters, 4096 at most"),
    (lambda: from_link("1.AAAA"), "the link is damaged"),
    (lambda: from_link(to_link(made())[:-6]), "the link is cut off, or something follows it"),
    (lambda: from_link(packed(b" " * 70_000)), "the link expands to more than 65536 bytes"),
    (lambda: from_link(packed(FILE.replace("2026", "true").encode())), "first is true"),
    (lambda: to_link(replace(made(), reason=Bilingual(every_character(), ""))), r"a link of \d+ characters, 4096"),
    # Text
    (lambda: typed("schema = 1\n", ""), "schema is missing"),
    (lambda: typed("schema = 1", "schema = 2"), "schema is 2"),
    (lambda: typed("first = 2026", "frist = 2026\nfirst = 2026"), "unknown key 'frist'"),
    (lambda: typed("first = 2026", "first = 2026.0"), "first is 2026.0"),
    (lambda: typed("first = 2026", "first = 0x" + "f" * 99), "first is a huge number"),
    (lambda: typed("first = 2026\n", ""), "first is missing"),
    (lambda: typed('id = "goal"', "id = 7"), "id is 7"),
    (lambda: typed("first = 2026", "first = 2026\nsources = 'x'"), "sources is 'x'"),
    (lambda: typed('"real_growth"', '"luck"'), "lever is 'luck'"),
    (lambda: typed("[5.0, 4.5]", "[5.0, 51]"), r"values is \[5.0, 51\]"),
    (lambda: typed("[5.0, 4.5]", "[{}, 'a table']"), r"values is \[a table, 'a table'\]"),
    (lambda: typed("[5.0, 4.5]", "[1.0]\nspread = 'x'"), "spread is 'x'"),
    (lambda: typed("[5.0, 4.5]", "[1.0]\nspread = -1.0"), "a spread of -1.0"),
    (lambda: typed("fall = 4.0", "fall = 4.0\nrecovery = 'x'"), "recovery is 'x'"),
    (lambda: typed("[[assumption]]", "assumption = 1\n[x]"), "2 problems"),
    (lambda: typed("[[shock]]", "[shock]"), "shock is a table"),
    (lambda: typed("[[assumption]]", "[[assumption]]\n" * 15), r"assumption is \[a table, a table"),
    (lambda: typed("[[assumption]]", "[[assumption]]\n" * 3), "4 problems"),
    (lambda: from_toml("x" * 70_000, WHERE), "more than 65536 bytes"),
    (lambda: from_toml("a.b.c = 1"), "a dotted key"),
    (lambda: from_toml('id = "\ud800"', WHERE), "half a character, which UTF-8 cannot write"),
    (lambda: from_toml("x = " + "[" * 20_000, WHERE), "lists or tables nested too deeply"),
    (lambda: to_toml(replace(made(), reason=Bilingual("x" * 70_000, ""))), "more than 65536 bytes"),
    # Records
    (lambda: Assumption("luck", (1.0,)), "unknown lever 'luck'"),
    (lambda: made().of("luck"), "unknown lever 'luck'"),
    (lambda: Assumption("real_growth", ()), "0 yearly values"),
    (lambda: Assumption("real_growth", (float("nan"),)), "a value of nan"),
    (lambda: Assumption("real_growth", (5.0,), spread=-1.0), "a spread of -1.0"),
    (lambda: Shock(2026, -1.0), "a fall of -1.0"),
    (lambda: Shock(2026, 1.0, 1.5), "a recovery of 1.5"),
    (lambda: Shock(1066, 1.0), "1066 is no year"),
    (lambda: made(first=1066), "1066 is no year"),
    (lambda: phased_in("deflator", 0.0, 1.0, 31), "a phase-in over 31 years"),
    (lambda: typed('"goal"', '"A b"'), "no usable id"),
    (lambda: made(Assumption("deflator", (1.0,)), Assumption("deflator", (2.0,))), "deflator is assumed twice"),
    (lambda: made(Assumption("real_growth", (1.0,)), Assumption("nation_growth", (2.0,))),
     "real_growth and nation_growth set the same thing"),
    (lambda: made(Assumption("services_price", (1.0,))), "services_price without services_outgrowth"),
    # Running
    (lambda: run(CITY, made(Assumption("deflator", (1.0,)), first=2027), 2028), "planted begins in 2027, .* in 2026"),
    (lambda: run(CITY, made(*both("manufacturing", 50, 50), *both("services", 50, 50)), 2028),
     r"the shares leave nothing for the rest in \d+% of the outcomes"),
    (lambda: outcome.applied(replace(BASE, real_growth=None, deflator=None), made(shocks=(Shock(2027, 1.0),)), CITY),
     "the accounts tell no real growth and deflator apart"),
    (lambda: outcome.applied(without("va_manufacturing"), made(*both("manufacturing")), CITY),
     "no va_manufacturing: it is no item of the accounts"),
    *(
        (lambda why=why: outcome.applied(without("va_tertiary", missing=why), made(*both("services")), CITY),
         f"no va_tertiary: {why}")
        for why in ("what it is a part of cannot be projected", "va_industry and gdp were never published together",
                    "no peers publish va_primary and va_secondary", "no peer has an error path of 3 years yet")
    ),
    (lambda: run(unpublished(), made(*both("producer")), 2027), "no share of producer services in services"),
    (lambda: elasticity(CITY, "moon"), "unknown driver 'moon'"),
    (lambda: elasticity(qd.load("qingdao", as_of="2022-06-01"), "province_growth"),
     "Qingdao and Shandong have real growth of 5 common years, 6 are needed"),
    (lambda: elasticity(nation_until(2013), "nation_growth"), r"Qingdao and the nation have real growth of \d common"),
    (lambda: latest_growth(of_province(None), "province_growth"), "the plan names no province"),
    (lambda: latest_growth(of_province("仙乡"), "province_growth"), "no real growth of 仙乡 is known"),
    # Another city
    (lambda: as_in(CITY, "宁波", 2015, 2016, "luck"), "nothing called 'luck' to take"),
    (lambda: as_in(CITY, "宁波", 2017, 2016), "2017 comes after 2016"),
    (lambda: as_in(CITY, "仙乡", 2015, 2016), "no peer called '仙乡'"),
    (lambda: as_in(CITY, "石家庄", 2017, 2019), "石家庄: no growth inside one statistical basis is known for 2018"),
    (lambda: as_in(CITY, "宁波", 1980, 1981), "宁波: .* for 1980, 1981"),
    # Targets
    (lambda: first_choice(nothing_ahead()), "no target of .* lies ahead of the accounts"),
    (lambda: view(CITY, replace(FIRST, target="t10")), "t10 is not ahead of the accounts"),
    (lambda: assess_under(CITY, made(Assumption("deflator", (1.0,))), "t10"), "t10 is not ahead of the accounts"),
    (lambda: assess_under(CITY, made(), "t99"), "unknown target 't99'"),
    (lambda: accounts_to(c := planned(deadline=2030), c.plan.targets[0]), "the accounts hold no above_scale"),
    (lambda: accounts_to(c := planned(deadline=2049), c.plan.targets[0]), "no peer has an error path of 24 years yet"),
    (lambda: required(CITY, "t06", "real_growth", by=1.0), "1 is no chance to aim at"),
    (lambda: required(CITY, "t06", "luck"), "unknown lever 'luck'"),
    (lambda: required(CITY, "t06", "real_growth", shape="steep"), "unknown shape 'steep'"),
]  # fmt: skip


def packed(content: bytes) -> str:
    """A link that carries anything."""
    press = zlib.compressobj(9, zdict=text._DICTIONARY)
    return "1." + base64.urlsafe_b64encode(press.compress(content) + press.flush()).decode().rstrip("=")


def every_character() -> str:
    return "".join(chr(0x4E00 + 7 * number % 20000) for number in range(4000))


@pytest.mark.parametrize(("wrong", "english"), REFUSED, ids=[english for _, english in REFUSED])
def test_what_is_refused_is_said_in_chinese_with_every_value(wrong, english: str) -> None:
    with pytest.raises((NotAvailable, UnknownName)) as refusal:
        wrong()
    assert re.match(english, refusal.value.what)
    in_full(refusal.value)


@pytest.mark.parametrize(
    ("broken", "english", "chinese"),
    [
        ("a = ?\nb = 1", "Invalid value (at line 1, column 5)", "第1行第5列：值写得不对"),
        ("a = 1 2", "Expected newline or end of document", "第1行第7列：一条写完须换行"),
        ("a = 1\n]", "Invalid statement (at line 2, column 1)", "第2行第1列：既不是"),
        ("\n\nab cd", "Expected '=' after a key", "第3行第4列：键后面缺等号"),
        ("[a", "Expected ']' at the end of a table", "文末：表头缺 ]"),
        ("[[a]", "Expected ']]' at the end of an array", "第1行第4列：表头缺 ]]"),
        ("a = [1", "Unclosed array (at end of document)", "文末：方括号没有合上"),
        ("a = {b = 1", "Unclosed inline table", "文末：花括号没有合上"),
        ("a = {b = 1, b = 2}", "Duplicate inline table key 'b'", "键 'b' 写了两次"),
        ('a = "x', "Unterminated string", "文末：引号没有合上"),
        ('a = "x\ny"', r"Illegal character '\n'", r"第1行第7列：不能有字符 '\n'"),
        ("a = 'x", 'Expected "\'" (at end of document)', '文末：缺 "\'"'),
        ("a = 1 # \x01", r"Found invalid character '\x01'", r"不能有字符 '\x01'"),
        (r'a = "\q"', r"Unescaped '\' in a string", "反斜杠没有转义"),
        (r'a = "\u12"', "Invalid hex value", "十六进制数写得不对"),
        (r'a = "\ud800"', "Escaped character is not a Unicode scalar value", "转义写出的不是字符"),
        ("a = 1\na = 2\n", "Cannot overwrite a value (at line 2, column 6)", "第2行第6列：同一个键写了两次"),
        ("[a]\n[a]", "Cannot declare ('a',) twice (at line 2, column 3)", "第2行第3列：('a',) 声明了两次"),
        ("a = {}\n[a.b]", "Cannot declare ('a', 'b') twice", "第2行第5列：('a', 'b') 声明了两次"),
        ("a = {}\na.b = 1\n", "Cannot mutate immutable namespace ('a',)", "('a',) 已经写定"),
        ("[a.b]\n[a]\nb.c = 1\n", "Cannot redefine namespace ('a', 'b')", "('a', 'b') 定义了两次"),
        ("a = 2026-02-30", "Invalid date or datetime", "没有这个日期或时间"),
        ("= 1", "Invalid statement", "既不是"),
        ("a. = 1", "Invalid initial character for a key part", "键不能这样开头"),
        ("a = " + "9" * 9000, "Exceeds the limit (4300 digits)", "整数有9000位，最多4300位"),
    ],
)
def test_broken_syntax_is_placed_by_line_and_column(broken: str, english: str, chinese: str) -> None:
    with pytest.raises(NotAvailable) as refusal:
        from_toml(broken, WHERE)
    assert refusal.value.what.startswith(f"the TOML is broken: {english}")
    assert chinese in in_chinese(refusal.value)[0]
    assert latin("".join(in_chinese(refusal.value))) <= {"TOML"}


@pytest.mark.parametrize("place", ["at line 3, column 5", "at end of document"])
def test_a_reason_that_nobody_foresaw_still_says_the_place(place: str) -> None:
    what = in_chinese(NotAvailable(f"the TOML is broken: Quite something else ({place})", WHERE, ""))[0]
    assert "写法不合TOML" in what and not latin(what) - {"TOML"}
    assert "第3行第5列" in what or "文末" in what


def several() -> QdeconError:
    with pytest.raises(NotAvailable) as refusal:
        typed("first = 2026", "first = '<script>x: y (next: z)</script>'\nsources = 3\nrecht = 1")
    assert refusal.value.what == "3 problems in the scenario"
    return refusal.value


def test_several_problems_are_a_line_each() -> None:
    error = several()
    in_full(error)
    assert in_chinese(error)[1].split("\n") == [
        f"{WHERE}：没有 'recht' 这个键（怎么办：可用的有 {'、'.join(text._SCENARIO)}）",
        f"{WHERE}：first 的值不对：'<script>x: y (next: z)</script>'（怎么办：first 请写成1900到2200之间的年份）",
        f"{WHERE}：sources 的值不对：3（怎么办：sources 请写成列表，至多64个带引号的出处）",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_lists_them_and_escapes_what_a_reader_wrote(language) -> None:
    html = markup.complaint(several(), language)
    assert html.count("<li>") == html.count("</li>") == 3 and html.count('role="alert"') == 1
    assert "<script" not in html and "&lt;script&gt;x: y (next: z)&lt;/script&gt;" in html
    assert bool(HAN.search(html.replace(WHERE, ""))) == (language == "zh")


@pytest.mark.parametrize(("language", "around"), [("zh", "（链接）"), ("en", " (the link)")])
def test_one_problem_has_its_place_behind_it(language, around: str) -> None:
    with pytest.raises(NotAvailable) as refusal:
        from_query(CITY, "lang=<b>")
    html = markup.complaint(refusal.value, language, linked=True)
    assert around in html and "&lt;b&gt;" in html and "<b>" not in html and "<li>" not in html


def test_the_chinese_page_answers_a_wrong_text_and_a_wrong_link_in_chinese() -> None:
    page = Page(CITY, "target=<script>")
    assert latin(shown(page.wrong.value)) <= NAMES and "链接" in page.wrong.value
    page.toml.value = page.toml.value.replace("schema = 1", "schema = 2")
    page.apply.click()
    assert "schema 的值不对：2" in page.wrong.value and latin(shown(page.wrong.value)) <= NAMES


def shown(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html).replace("&#x27;", "'")


@given(st.text(), st.text(), st.text())
def test_any_error_is_said_somehow(what: str, where: str, remedy: str) -> None:
    assert all(isinstance(each, str) for each in in_chinese(QdeconError(what, where, remedy)))
    assert "<script" not in markup.complaint(QdeconError("<script" + what, "<script" + where, remedy), "zh")


messages = st.sampled_from(
    ["no x: ", ", [[assumption]] 1", ": ", " (next: ", ")", " and ", " is ", "a table", "'", '"', "\n", "{", "}", "7",
     "the TOML is broken: ", " (at line 1, column 2)", "give x as ", "choose "]
)  # fmt: skip


@given(st.lists(messages, max_size=60).map("".join))
def test_pieces_of_messages_in_any_order_are_said_somehow(said: str) -> None:
    assert len(in_chinese(QdeconError(said, said, said))) == 3


def test_phrases_inside_phrases_have_an_end() -> None:
    said = "no x: " * 5000
    assert in_chinese(QdeconError(said, said, said))[0].startswith("没有 x：")


@pytest.mark.parametrize("what", ["something new went wrong", "a figure: of speech", "今天不行"])
def test_what_the_table_does_not_know_stays_as_it_is(what: str) -> None:
    assert in_chinese(QdeconError(what, what, what)) == (what, what, what)


STANDING = {"n": "7", "key": "x_y", "list": "x, y", "pair": "x and y", "options": "x or y", "quoted": "'q'"}


@pytest.mark.parametrize("line", translation._WORDING, ids=lambda line: line[0])
def test_no_line_of_the_table_hides_behind_an_earlier_one(line) -> None:
    english, chinese = line
    places = re.findall(r"\{(\w+)\}", english)
    assert set(re.findall(r"\{(\w+)\}", chinese)) == set(places) - {"rest"}
    said = english.format(**{place: STANDING.get(place.rstrip("0123456789"), "q") for place in places})
    assert next(found for pattern, found in translation.TABLE if pattern.fullmatch(said)) == chinese
    assert HAN.search(chinese)


# Every place that raises, read from the source

MODULES = ["explore.choice", "explore.screen", "scenario.text", "scenario.record", "scenario.outcome",
           "scenario.parts", "scenario.driver", "scenario.precedent", "scenario.judged", "scenario.inversion",
           "projection.accounts", "projection.bands", "projection.branches", "projection.paths",
           "projection.reference"]  # fmt: skip
KINDS = ("NotAvailable", "UnknownName")


class Source:
    """A module's errors, with every text that each may have; a value inside a text is the number 7."""

    def __init__(self, name: str) -> None:
        self.module = importlib.import_module(f"qdecon.{name}")
        self.text = inspect.getsource(self.module)
        self.tree = ast.parse(self.text)
        self.functions = [each for each in ast.walk(self.tree) if isinstance(each, ast.FunctionDef)]

    def calls(self, *names: str) -> list[tuple[ast.FunctionDef, ast.Call]]:
        """Calls of some functions, with the function around each."""
        return [
            (function, node)
            for function in self.functions
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        ]

    def texts(self, node: ast.AST, function: ast.FunctionDef, seen: tuple[str, ...] = ()) -> list[str]:
        """What an argument may say; nothing where it only hands on what another error said."""
        match node:
            case ast.Constant(value=str(value)):
                return [value]
            case ast.IfExp(body=one, orelse=other):
                return self.texts(one, function, seen) + self.texts(other, function, seen)
            case ast.JoinedStr(values=parts):
                return [
                    "".join(each) for each in itertools.product(*(self.texts(one, function, seen) for one in parts))
                ]
            case ast.FormattedValue(value=value, conversion=conversion):
                found = (self.texts(value, function, seen) if isinstance(value, ast.Name) else []) or ["7"]
                return [repr(each) if conversion == ord("r") else each for each in found]
            case ast.Name(id=name) if f"{function.name} {name}" not in seen:
                return self.named(name, function, (*seen, f"{function.name} {name}"))
        return []

    def named(self, name: str, function: ast.FunctionDef, seen: tuple[str, ...]) -> list[str]:
        """What a name stands for: what it was set to, or what callers gave."""
        found = []
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                sides = [each.elts if isinstance(each, ast.Tuple) else [each] for each in (node.targets[0], node.value)]
                for target, value in zip(*sides, strict=len(sides[0]) == len(sides[1])):
                    if isinstance(target, ast.Name) and target.id == name:
                        found += self.texts(value, function, seen)
        parameters = [each.arg for each in function.args.args]
        if name in parameters:
            place = parameters.index(name)
            for caller, call in self.calls(function.name):
                if place < len(call.args):
                    found += self.texts(call.args[place], caller, seen)
        return found

    def said(self, function: ast.FunctionDef, call: ast.Call) -> list[list[str]]:
        """What, where and remedy of one error."""
        made: list[list[str]] = []
        for argument in call.args:
            if isinstance(argument, ast.Starred):
                made += [[each] for each in getattr(self.module, ast.unparse(argument.value))]
            else:
                made.append(self.texts(argument, function))
        return made


@pytest.mark.parametrize("name", MODULES)
def test_every_error_in_the_source_has_its_chinese(name: str) -> None:
    source = Source(name)
    calls = source.calls(*KINDS)
    assert len(calls) == sum(len(re.findall(rf"\b{kind}\(", source.text)) for kind in KINDS) > 0
    for function, call in calls:
        said = source.said(function, call)
        assert len(said) == 3, ast.unparse(call)
        for place, english in ((place, each) for place, found in enumerate(said) for each in found):
            chinese = in_chinese(QdeconError(*[english] * 3))[place]
            assert HAN.search(chinese) and latin(chinese) <= NAMES | {"missing"}, (english, chinese)


def test_the_guard_reads_what_and_remedy_of_nearly_every_error() -> None:
    """Only what hands on another error's words has none of its own."""
    silent = [
        f"{name} {function.name}"
        for name in MODULES
        for source in [Source(name)]
        for function, call in source.calls(*KINDS)
        if not all(source.said(function, call)[::2])
    ]
    assert silent == ["scenario.text from_toml", "scenario.text _built"]


@pytest.mark.parametrize("keys", [text._SCENARIO, text._ASSUMPTION, text._SHOCK])
def test_what_a_key_may_hold_is_said_in_chinese(keys) -> None:
    for key, rule in keys.items():
        if key != "schema":
            remedy = in_chinese(QdeconError("", "", f"give {key} as {rule.wanted}"))[2]
            assert HAN.search(remedy) and latin(remedy) <= NAMES and values(rule.wanted) <= values(remedy)
