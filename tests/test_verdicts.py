"""What the verdicts must get right, from the published figures."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

import pytest

import qdecon as qd
from qdecon.verdict import STATUSES, comparable_provinces
from qdecon.verdict.frequency import rise_rate, share_rises

FIELDS = {
    "id", "indicator", "deadline", "comparator", "target", "unit", "status", "probability", "probability_kind", "value",
    "projected", "evidence", "as_of", "sources", "sentence_zh", "sentence_en",
}  # fmt: skip


@pytest.fixture(scope="module")
def city() -> qd.Dataset:
    return qd.load("qingdao")


@pytest.fixture(scope="module")
def card(city: qd.Dataset) -> qd.Scorecard:
    return qd.scorecard(city)


@pytest.fixture(scope="module")
def then() -> qd.Scorecard:
    return qd.scorecard(qd.load("qingdao", as_of="2023-03-31"))


# ---- settled by a published figure


def test_services_missed_by_4_6_percent_and_revision_is_unlikely_to_help(card: qd.Scorecard, city: qd.Dataset) -> None:
    verdict = card["t10"]
    assert (verdict.status, verdict.value, verdict.probability) == ("missed", 10495.54, None)
    for words in ("4.6%", "3.74%", "首次公布", "上下文", "不大可能", "2025年达到11,170.63亿元", "二手来源"):
        assert words in verdict.sentence.zh
    for words in ("1,049.55 billion", "4.6% short", "context", "unlikely", "Reached in 2025", "secondary source"):
        assert words in verdict.sentence.en
    latest = city.value("va_tertiary", 2025)
    assert latest is not None
    assert latest.evidence == "aggregator"


def test_technology_contracts_met(card: qd.Scorecard) -> None:
    assert (card["t29"].status, card["t29"].value) == ("met", 709.58)


def test_high_tech_enterprises_missed_on_either_base(card: qd.Scorecard) -> None:
    verdict = card["t26"]
    assert verdict.status == "missed"
    assert verdict.value == pytest.approx(8650 / 5554)
    assert "1.56 times" in verdict.sentence.en
    assert "1.97 times" in verdict.sentence.en


def test_haier_missed_in_2024_and_its_other_deadline_is_told(card: qd.Scorecard) -> None:
    verdict = card["t17"]
    assert (verdict.status, verdict.value) == ("missed", 4016.0)
    assert "2025" in verdict.sentence.en
    assert card["t17-2025"].status == "not_published"
    assert card["t17-2025"].required_growth == pytest.approx(5000 / 4016 - 1)


# ---- settled by bounds, or open within them


def test_smart_factories_missed_by_bound_in_2023_if_like_for_like(card: qd.Scorecard) -> None:
    verdict = card["t32"]
    assert verdict.status == "missed"
    assert {year.year: year.status for year in verdict.years} == {
        2022: "not_published", 2023: "missed", 2024: "not_published"
    }  # fmt: skip
    for words in ("548", "633", "+85", "holds all of 2023", "cumulative and like for like"):
        assert words in verdict.sentence.en


def test_little_giants_met_in_2022_and_the_split_after_is_unknown(card: qd.Scorecard) -> None:
    verdict = card["t22"]
    assert [(year.year, year.status, year.value) for year in verdict.years] == [
        (2022, "met", 54.0), (2023, "not_published", None), (2024, "not_published", None)
    ]  # fmt: skip
    assert "+42" in verdict.sentence.en
    assert "split is unknown" in verdict.sentence.en
    assert verdict.status == "not_published"


def test_technology_smes_probably_missed_without_a_base(card: qd.Scorecard) -> None:
    verdict = card["t25"]
    assert (verdict.status, verdict.probability_kind) == ("not_published", "unpublished_outcome")
    assert verdict.probability is not None
    assert verdict.probability < 0.2
    for words in ("9,777", "4,888", "5,284", "probably missed"):
        assert words in verdict.sentence.en


# ---- never published, but weighed


def test_manufacturing_share_2024_has_ceiling_arithmetic_and_base_rate(card: qd.Scorecard, city: qd.Dataset) -> None:
    verdict = card["t02"]
    assert (verdict.status, verdict.probability_kind, verdict.value) == ("not_published", "unpublished_outcome", None)
    assert verdict.probability is not None
    assert verdict.probability < 0.01
    ceiling = {bound.year: bound.value for bound in city.ceilings("manufacturing_share")}
    assert ceiling[2023] == pytest.approx(100 * 3937 / 15760.34)
    for words in ("25.0%", "4,681亿元", "18.9%", "9.4%", "不到5%"):
        assert words in verdict.sentence.zh
    rate = rise_rate(city, "va_industry", "gdp", 28 - ceiling[2023], 1)
    assert rate.hits == 0
    assert rate.largest == pytest.approx(2.6, abs=0.05)
    assert rate.cases == 8 * len(rate.places)


def test_manufacturing_share_2026_is_an_open_forecast(card: qd.Scorecard) -> None:
    verdict = card["t03"]
    assert (verdict.status, verdict.probability_kind) == ("off_track", "forecast")
    assert "3 years" in verdict.sentence.en


def test_comparable_provinces_follow_the_written_rule(city: qd.Dataset) -> None:
    kept = comparable_provinces(city)
    assert not set(kept) & {"山西", "内蒙古", "陕西", "新疆", "宁夏"}
    assert {"山东", "江苏", "浙江", "广东"} <= set(kept)
    excluded = [place for place in city.peers.provinces.places if place not in kept]
    largest = max(max(share_rises(city.peers.provinces, "va_industry", "gdp", 1)[place].values()) for place in excluded)
    assert largest > 3, "the rule matters: energy provinces did rise so far"


def test_producer_services_judged_by_the_half_year(card: qd.Scorecard) -> None:
    verdict = card["t04"]
    assert (verdict.status, verdict.probability_kind) == ("not_published", "unpublished_outcome")
    assert verdict.probability is not None
    assert 0.05 < verdict.probability < 0.2
    for words in ("3,060.2", "2.107", "2.076", "2.054", "6,285—6,447", "59.9%", "59.1%"):
        assert words in verdict.sentence.zh
    assert verdict.projected is not None
    assert verdict.projected.median < 6500 < verdict.projected.hi95


# ---- ahead


@pytest.mark.parametrize(
    ("name", "year", "growth", "status"),
    [("t06", 2026, 0.139, "off_track"), ("t06-2028", 2028, 0.044, "uncertain"), ("t06-2030", 2030, 0.026, "on_track")],
)
def test_gdp_readings_and_successors(card: qd.Scorecard, name: str, year: int, growth: float, status: str) -> None:
    verdict = card[name]
    assert (verdict.target.deadline, verdict.status) == (year, status)
    assert verdict.required_growth == pytest.approx(growth, abs=5e-4)
    assert verdict.probability_kind == "forecast"


def test_gdp_2027_is_a_reading_and_later_dates_are_successors(card: qd.Scorecard) -> None:
    assert card["t06-2027"].target.reading_of == "t06"
    for name in ("t06-2028", "t06-2030"):
        assert card[name].target.successor_of == "t06"
        assert card[name].target.source != card["t06"].target.source
    assert "不是本条的读法" in card["t06"].sentence.zh


def test_probability_grows_with_the_deadline(card: qd.Scorecard) -> None:
    chances = [card[name].probability or 0.0 for name in ("t06", "t06-2027", "t06-2028", "t06-2030")]
    assert chances == sorted(chances)


# ---- the whole


def test_nothing_is_dropped_and_twice_stated_targets_count_once(card: qd.Scorecard) -> None:
    counted = [verdict.target for verdict in card.verdicts if verdict.target.counted]
    assert {f"t{number:02d}" for number in range(1, 45)} <= {target.id for target in counted}
    assert sum(target.group == "numeric" for target in counted) == 26
    assert sum(target.group == "enterprise" for target in counted) == 3
    clauses = [quotation.clause for target in counted for quotation in target.quotations]
    assert len(clauses) == len(set(clauses))
    assert {"T04b", "T24b"} <= set(clauses)


def test_every_verdict_has_two_sentences_and_a_known_status(card: qd.Scorecard) -> None:
    for verdict in card.verdicts:
        assert verdict.status in STATUSES
        assert verdict.sentence.zh.endswith("。"), verdict.sentence.zh
        assert verdict.sentence.en.rstrip().endswith((".", ")")), verdict.sentence.en
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in verdict.sentence.en), verdict.sentence.en


def test_a_settled_target_has_no_probability_and_the_two_kinds_never_mix(card: qd.Scorecard) -> None:
    for verdict in card.verdicts:
        if verdict.status in ("met", "missed", "not_assessable"):
            assert verdict.probability is None
        assert (verdict.probability is None) == (verdict.probability_kind is None)
        if verdict.status == "not_published":
            assert verdict.probability_kind != "forecast"
        if verdict.status in ("on_track", "uncertain", "off_track"):
            assert verdict.probability_kind == "forecast"


def test_every_cited_source_exists(card: qd.Scorecard, city: qd.Dataset) -> None:
    for verdict in card.verdicts:
        assert set(verdict.sources) <= set(city.sources), verdict.target.id


def test_the_summary_counts_are_those_of_the_verdicts(card: qd.Scorecard) -> None:
    numeric = [
        verdict.status for verdict in card.verdicts if verdict.target.group == "numeric" and verdict.target.counted
    ]
    assert f"{numeric.count('missed')} missed" in card.summary().en
    assert f"{numeric.count('not_published')} not published" in card.summary().en


# ---- as known then


def test_in_march_2023_nothing_later_is_known(then: qd.Scorecard) -> None:
    city = qd.load("qingdao", as_of="2023-03-31")
    assert max(item.known for item in city.observations) <= dt.date(2023, 3, 31)
    assert city.peers.cities.last == 2022
    assert "t06-2028" not in [verdict.target.id for verdict in then.verdicts]


def test_in_march_2023_services_get_a_probability_not_a_refusal(then: qd.Scorecard) -> None:
    verdict = then["t10"]
    assert verdict.probability is not None
    assert 0.1 < verdict.probability < 0.9
    assert verdict.probability_kind == "forecast"


def test_before_the_plan_there_is_no_verdict() -> None:
    with pytest.raises(qd.NotAvailable, match="did not exist"):
        qd.load("qingdao", as_of="2022-01-01")


def test_an_unknown_target_is_named_with_the_known_ones(city: qd.Dataset) -> None:
    with pytest.raises(qd.UnknownName, match="t01"):
        qd.assess(city, "t99")


# ---- machine-readable


def test_the_json_holds_the_promised_fields(card: qd.Scorecard) -> None:
    records = card.to_records()
    for record in records:
        assert record.keys() >= FIELDS
        assert record["probability"] is None or 0 <= record["probability"] <= 1
        if record["projected"] is not None:
            assert record["projected"].keys() == {"median", "lo80", "hi80", "lo95", "hi95"}
            inside = [record["projected"][name] for name in ("lo95", "lo80", "median", "hi80", "hi95")]
            assert inside == sorted(inside)
    by_id = {record["id"]: record for record in records}
    assert [year["year"] for year in by_id["t22"]["years"]] == [2022, 2023, 2024]
    assert "years" not in by_id["t10"]


@pytest.mark.parametrize("as_of", [None, "2023-03-31"])
def test_the_command_line_prints_the_same_bytes_twice(as_of: str | None) -> None:
    command = [sys.executable, "-m", "qdecon", "scorecard", "--json", *(["--as-of", as_of] if as_of else [])]
    runs = [subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2)]
    assert runs[0] == runs[1]
    assert isinstance(json.loads(runs[0]), list)


def test_the_command_line_stays_light() -> None:
    code = (
        "import sys, io, contextlib\n"
        "from qdecon.__main__ import main\n"
        "with contextlib.redirect_stdout(io.StringIO()): main(['scorecard'])\n"
        "print([name for name in ('statsmodels', 'matplotlib', 'seaborn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_misused_command_exits_with_2() -> None:
    done = subprocess.run([sys.executable, "-m", "qdecon", "judge"], capture_output=True, text=True, check=False)
    assert done.returncode == 2


def test_a_figure_on_a_new_basis_says_that_growth_cannot_be_formed_yet() -> None:
    verdict = qd.assess(qd.load("qingdao", as_of="2025-02-15"), "t06")
    assert verdict.status == "not_assessable"
    assert "not on the statistical basis of 2023" in verdict.sentence.en
    assert "comparable places" not in verdict.sentence.en  # there are some; that is not the reason
    assert qd.assess(qd.load("qingdao", as_of="2025-03-31"), "t06").probability_kind == "forecast"
