"""A scenario written as a file or a link reads back equal; whatever else is read ends in one clear error."""

from __future__ import annotations

import base64
import re
import tracemalloc
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qdecon.errors import NotAvailable, QdeconError
from qdecon.plan import Bilingual
from qdecon.scenario import text as module
from qdecon.scenario.record import DRIVERS, LARGEST, LEVERS, LONGEST, PAIRS, Assumption, Scenario, Shock
from qdecon.scenario.text import LARGEST_LINK, LARGEST_TEXT, from_link, from_toml, to_link, to_toml

WORDS = st.text(max_size=40)  # every sign but halves of characters: quotes, control signs, line ends
NUMBERS = st.floats(-LARGEST, LARGEST)
BILINGUAL = st.builds(Bilingual, WORDS, WORDS)
YEARS = st.integers(1900, 2200)
GROWTH = st.sampled_from(
    [(), ("deflator",), ("nominal_growth",)]
    + [(each, *more) for each in ("real_growth", *DRIVERS) for more in ((), ("deflator",))]
)
PARTS = [
    st.sampled_from([(), pair, *[(each,) for each in (f"{pair[0][:-10]}_growth",) if each in LEVERS]]) for pair in PAIRS
]
CHOSEN = st.tuples(GROWTH, st.sampled_from([(), ("primary_growth",)]), *PARTS).map(
    lambda groups: [lever for group in groups for lever in group]
)
VALUES = st.lists(NUMBERS, min_size=1, max_size=LONGEST).map(tuple)
ASSUMPTIONS = CHOSEN.flatmap(
    lambda levers: st.tuples(
        *[st.builds(Assumption, st.just(lever), VALUES, st.floats(0, LARGEST)) for lever in levers]
    )
)
SHOCKS = st.lists(st.builds(Shock, YEARS, st.floats(0, LARGEST), st.floats(0, 1)), max_size=3).map(tuple)
SCENARIOS = st.builds(
    Scenario,
    st.from_regex(r"[a-z][a-z0-9-]{0,63}", fullmatch=True),
    BILINGUAL,
    YEARS,
    ASSUMPTIONS,
    SHOCKS,
    BILINGUAL,
    st.lists(WORDS, max_size=3).map(tuple),
)
GOAL = Scenario(
    "goal",
    Bilingual("目标", "the goal"),
    2026,
    (Assumption("real_growth", (5.0, 4.5), 0.5), Assumption("deflator", (0.1 + 0.2,))),
    (Shock(2027, 4.0, 0.5),),
    Bilingual("政府工作报告", "the work report"),
    ("s01",),
)
FILE = to_toml(GOAL)
LINK = to_link(GOAL)
OLD = (
    "1.ePktJn3aIysISjJSFQgFw7Mp-5_umvN0-9Ine-c861r6dGIXWsCADCnPL8pWKEotyC8qQQknpWIDQ6VY6vjRlLQwN9AzNkAFJpghT1oyAwDDzXTq"
)


def packed(text: bytes) -> str:
    """A link that carries any bytes."""
    press = zlib.compressobj(9, zdict=module._DICTIONARY)
    return "1." + base64.urlsafe_b64encode(press.compress(text) + press.flush()).decode().rstrip("=")


def refused(read, text) -> QdeconError:
    """The error that reading gives: three parts, none empty, and short."""
    with pytest.raises(QdeconError) as caught:
        read(text)
    error = caught.value
    assert error.what and error.where and error.remedy and len(str(error)) < 8000
    return error


def reads_or_refuses(read, write, text) -> None:
    """What is read can be written and reads back equal; all else is refused."""
    try:
        scenario = read(text)
    except QdeconError:
        refused(read, text)
    else:
        assert read(write(scenario)) == scenario


def round_trip(scenario: Scenario) -> None:
    text = to_toml(scenario)
    assert from_toml(text) == scenario
    assert to_toml(from_toml(text)) == text  # tells -0.0 from 0.0, which equality does not
    try:
        link = to_link(scenario)
    except NotAvailable as error:
        assert "a link of" in error.what and len(text) > LARGEST_LINK / 4  # noqa: PT017 (the only excuse)
    else:
        assert re.fullmatch(r"1\.[A-Za-z0-9_-]+", link) and len(link) <= LARGEST_LINK
        assert from_link(link) == scenario


@given(SCENARIOS)
def test_a_scenario_reads_back_equal_from_its_file_and_its_link(scenario):
    round_trip(scenario)


@pytest.mark.soak
@settings(max_examples=1000)
@given(SCENARIOS)
def test_a_thousand_scenarios_read_back_equal(scenario):
    round_trip(scenario)


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"\n[[shock]]\nyear = 2027\nfall = 50.0',
        "'''\"\"\"\\",
        "\x00\x7f\x85\r\n\t\u2028",
        "a.b.c.d = 1",
    ],
)
def test_a_script_in_a_name_stays_text(name):
    round_trip(Scenario("goal", Bilingual(name, name), 2026, reason=Bilingual(name, ""), sources=(name,)))


def test_numbers_keep_every_bit():
    values = (0.1 + 0.2, 5e-324, -0.0, 1e-7, 50.0, -49.99999999999999)
    back = from_toml(to_toml(Scenario("bits", Bilingual("", ""), 2026, (Assumption("deflator", values),))))
    assert [value.hex() for value in back.assumptions[0].values] == [value.hex() for value in values]


def test_a_whole_number_is_read_as_a_number():
    value = from_toml(FILE.replace("[5.0, 4.5]", "[5, 4.5]")).assumptions[0].values[0]
    assert value == 5 and isinstance(value, float)


def test_what_may_be_left_out_is_filled_in():
    short = 'schema = 1\nid = "a"\nname_zh = "甲"\nname_en = "a"\nfirst = 2026\n'
    assert from_toml(short) == Scenario("a", Bilingual("甲", "a"), 2026)
    longer = short + '[[assumption]]\nlever = "deflator"\nvalues = [1]\n[[shock]]\nyear = 2027\nfall = 4\n'
    assert from_toml(longer).assumptions[0].spread == from_toml(longer).shocks[0].recovery == 0


def test_links_of_mark_1_stay_readable():
    assert from_link(OLD) == GOAL


@pytest.mark.parametrize(
    ("old", "new", "what", "next_step"),
    [
        ("schema = 1\n", "", "schema is missing", "schema = 1"),
        ("schema = 1", "schema = 2", "schema is 2", "schema = 1"),
        ("schema = 1", "schema = true", "schema is true", "schema = 1"),
        ("schema = 1", "schema = 1.0", "schema is 1.0", "schema = 1"),
        ('id = "goal"\n', "", "id is missing", "id as text"),
        ('id = "goal"', 'id = "Goal"', "no usable id", "lower-case"),
        ("first = 2026", 'frist = 1\nfirst = 2026', "unknown key 'frist'", "first"),
        ("first = 2026", "first = 2026.0", "first is 2026.0", "year"),
        ("first = 2026", "first = true", "first is true", "year"),
        ("first = 2026", "first = 0x" + "f" * 9000, "first is a huge number", "year"),
        ("first = 2026", "first = " + "9" * 9000, "TOML is broken", "syntax"),
        ("first = 2026", "first = 2026-01-01", "first is 2026-01-01", "year"),
        ("[5.0, 4.5]", "[5.0, true]", "values is [5.0, true]", "numbers"),
        ("[5.0, 4.5]", "[5.0, nan]", "values is [5.0, nan]", "numbers"),
        ("[5.0, 4.5]", "[inf]", "values is [inf]", "numbers"),
        ("[5.0, 4.5]", "[-51]", "values is [-51]", "within 50"),
        ("[5.0, 4.5]", "[]", "values is []", "1 to 30"),
        ("[5.0, 4.5]", f"{[1.0] * 31}", "values is [1.0,", "1 to 30"),
        ("[5.0, 4.5]", "5.0", "values is 5.0", "list"),
        ("[5.0, 4.5]", '["5.0"]', "values is ['5.0']", "numbers"),
        ("[5.0, 4.5]", "[[5.0]]", "values is [[…]]", "numbers"),
        ("spread = 0.5", "spread = -0.5", "a spread of -0.5", "from 0 to 50"),
        ("recovery = 0.5", "recovery = 1.5", "a recovery of 1.5", "from 0 to 1"),
        ("fall = 4.0\n", "", "fall is missing", "fall as a number"),
        ("year = 2027", "year = 20270", "year is 20270", "year from 1900"),
        ('"real_growth"', '"growth"', "lever is 'growth'", "real_growth or deflator"),
        ('"real_growth"', '"deflator"', "deflator is assumed twice", "one assumption"),
        ('"real_growth"', '"services_price"', "without services_outgrowth", "state"),
        ('["s01"]', "[1]", "sources is [1]", "ids in quotes"),
        ('["s01"]', f"{['s'] * 65}", "sources is ['s',", "at most 64"),
        ("[[shock]]", "[shock]", "shock is a table", "[[shock]]"),
        ("[[shock]]", "[[shock]]\nyear = 2027\nfall = 1\n" * 30 + "[[shock]]", "shock is [a table", "at most 30"),
        ("first = 2026", "first =", "TOML is broken", "syntax"),
        ("first = 2026", 'first = 2026\na."b".c = 1', "dotted key", "plain keys"),
        ("first = 2026", "first = 2026\na = " + "[" * 30000, "nested too deeply", "nest nothing"),
        ("first = 2026", "first = 2026\n" + "b = {b = " + "{b = " * 9000, "nested too deeply", "nest nothing"),
        ("first = 2026", "first = 2026 # \ud800", "half a character", "again"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_key_and_what_to_do(old, new, what, next_step):
    assert old in FILE
    error = refused(lambda text: from_toml(text, "goal.toml"), FILE.replace(old, new, 1))
    assert what in error.what and error.where.startswith("goal.toml") and next_step in error.remedy


def test_all_wrong_keys_are_named_at_once():
    text = FILE.replace("2026", "true").replace("spread = 0.0", 'spread = "no"').replace("4.0", "-4.0")
    error = refused(lambda text: from_toml(text, "goal.toml"), text)
    assert error.what.startswith("3 problems")
    for fault in ("goal.toml: first is true", "[[assumption]] 2: spread is 'no'", "[[shock]] 1: a fall of -4"):
        assert fault in error.where


def test_a_file_with_thousands_of_faults_gives_a_short_error():
    refused(from_toml, FILE.replace("first", "\n".join(f"k{number} = 1" for number in range(5000)) + "\nfirst"))
    refused(from_toml, FILE.replace("first", f"{'k' * 60000} = 1\nfirst"))


@pytest.mark.parametrize("text", ["x" * 10_000_000, "[" * 10_000_000, "# 目" * 20_000])
def test_a_large_text_is_refused_unread(text, monkeypatch):
    monkeypatch.setattr(module.tomllib, "loads", lambda text: pytest.fail("was parsed"))
    assert "bytes" in refused(from_toml, text).what
    assert "characters" in refused(from_link, text).what


@pytest.mark.parametrize(
    "keys",
    ["a." * 32000 + "a = 1", "[" + "a." * 32000 + "a]", "x = {" + "'a' . " * 9000 + "a = 1}", "'''\n'''.b.c = 1"],
)
def test_a_chain_of_keys_never_reaches_the_parser_which_would_take_minutes(keys, monkeypatch):
    monkeypatch.setattr(module.tomllib, "loads", lambda text: pytest.fail("was parsed"))
    assert refused(from_toml, keys).what == "a dotted key"


@pytest.mark.parametrize("quote", ['"{}"', "'{}'", '"""{}"""', "'''\n{}\n'''", '"""""{}\\""""', '"" # {}'])
def test_dots_in_quotes_and_comments_are_no_chain(quote):
    text = FILE.replace('"the work report"', quote.format("a.b.c = d.e.f"))
    assert from_toml(text).id == "goal"


def test_a_scenario_that_could_not_be_read_back_is_not_written():
    for bad in (
        Scenario("a", Bilingual("x" * LARGEST_TEXT, ""), 2026),
        Scenario("a", Bilingual("\ud800", ""), 2026),
        Scenario("a", Bilingual("", ""), 2026, shocks=(Shock(2027, 1.0),) * 31),
    ):
        refused(to_toml, bad)
        refused(to_link, bad)


def test_a_scenario_too_long_for_a_link_still_fits_a_file():
    reason = "".join(chr(0x4E00 + 7 * number % 20000) for number in range(4000))
    scenario = Scenario("a", Bilingual("甲", "a"), 2026, reason=Bilingual(reason, ""))
    assert from_toml(to_toml(scenario)) == scenario
    assert "file" in refused(to_link, scenario).remedy


@pytest.mark.parametrize(
    ("link", "what"),
    [
        ("", "no scenario link"),
        ("1.", "no scenario link"),
        ("2" + LINK[1:], "no scenario link"),
        (LINK + "=", "no scenario link"),
        (LINK + "\n", "no scenario link"),
        (" " + LINK, "no scenario link"),
        (LINK.replace("1.", "１."), "no scenario link"),
        ("1.A", "damaged"),
        ("1.AAAA", "damaged"),
        (LINK[:-8], "cut off"),
        (packed(FILE.encode() + b"\xff"), "damaged"),
        (packed(b" " * (LARGEST_TEXT + 1)), "expands"),
        (packed(b"\n" * 2_500_000), "expands"),
        (packed(b"a." * 30_000), "dotted key"),
        (packed(b"[" * 30_000), "TOML is broken"),
        (packed(FILE.encode().replace(b"2026", b"true")), "first is true"),
    ],
)
def test_a_bad_link_is_refused(link, what):
    assert len(link) <= LARGEST_LINK
    error = refused(from_link, link)
    assert what in error.what and error.where.startswith("scenario link")


def test_a_link_with_something_behind_it_is_refused():
    content = base64.urlsafe_b64decode(LINK[2:] + "=" * (-len(LINK[2:]) % 4))
    assert "follows" in refused(from_link, "1." + base64.urlsafe_b64encode(content + b"abc").decode().rstrip("=")).what


def test_a_bomb_is_never_unpacked_whole():
    bomb = packed(b"\n" * 2_500_000)
    tracemalloc.start()
    try:
        refused(from_link, bomb)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_one_wrong_letter_in_a_link_never_gives_another_scenario():
    for place in range(len(LINK)):
        for letter in "Aq_7":
            try:
                assert from_link(LINK[:place] + letter + LINK[place + 1 :]) == GOAL
            except QdeconError:
                continue


SCRAPS = st.sampled_from(
    ["", '"', '"""', "'''", "[", "[[shock]]\n", "{", "}", "\n", ".", "=", "nan", "true", "-", "\\u", "1e9", "目"]
)


@given(st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape"))))
@example("\ud800")
def test_any_text_at_all_is_read_or_refused(text):
    reads_or_refuses(from_toml, to_toml, text)
    reads_or_refuses(from_link, to_link, text)
    reads_or_refuses(from_link, to_link, "1." + text)


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 9), st.one_of(SCRAPS, st.text(max_size=4))), min_size=1, max_size=3
    )
)
def test_a_mutated_text_is_read_or_refused(edits):
    file, link = FILE, LINK
    for where, cut, junk in edits:
        at = int(where * len(file))
        file = file[:at] + junk + file[at + cut :]
        at = int(where * len(link))
        link = link[:at] + junk + link[at + cut :]
    reads_or_refuses(from_toml, to_toml, file)
    reads_or_refuses(from_link, to_link, link)
    reads_or_refuses(from_link, to_link, packed(file.encode("utf-8", "surrogatepass")))


@given(st.binary(max_size=3000))
def test_any_bytes_in_a_link_are_read_or_refused(raw):
    reads_or_refuses(from_link, to_link, "1." + base64.urlsafe_b64encode(raw).decode().rstrip("="))
    reads_or_refuses(from_link, to_link, packed(raw)[:LARGEST_LINK])


def test_every_lever_can_be_written():
    nothing = Scenario("all", Bilingual("全", "all"), 2026)
    for lever in LEVERS:
        round_trip(nothing.assuming(Assumption(lever, (1.0,))))
