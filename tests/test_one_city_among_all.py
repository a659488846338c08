"""One city among all: every official place as a dataset, one target asked of all of them, and where each stands."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import itertools
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdecon as qd
from qdecon import charts
from qdecon.data.gathering import GROWTH, INDEX, KINDS, peers
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import common_target
from qdecon.projection import project
from qdecon.publication.sheet import figures_of
from qdecon.verdict.linking import apart, linked
from qdecon.verdict.multiple import unsettled
from qdecon.verdict.standing import BEST_FIRST, Standing

FOLDER = Path(__file__).resolve().parents[1] / "data" / "peers"
COUNTS = {"cities": 36, "provinces": 31, "nation": 1}
OWN = {"zh": "由分析者自拟", "en": "the analyst's own"}


def table(file):
    with (FOLDER / file).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def all_of(kind, as_of=None):
    return peers(kind, as_of)


def doubling(first, last):
    return common_target("gdp", "multiple_of_baseline", "at_least", 2, "倍", last, baseline=first)


@cache
def doubled(first, last, as_of=None):
    return qd.scorecard(all_of("cities", as_of), doubling(first, last))


def growth_target(year, value=5.0):
    return common_target(GROWTH, "level", "at_least", value, "%", year)


def asked(indicator, unit):
    return common_target(indicator, "level", "at_least", 5, unit, 2025)


# The datasets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_of_the_tables_is_one_observation_and_nothing_else_is(kind):
    found = {
        (place, item.indicator, item.period.label, item.basis.partition("-")[0]): item
        for place, dataset in all_of(kind).items()
        for item in dataset.observations
        if item.evidence == "official"
    }
    rows = table(f"{kind}.csv")
    assert len(rows) == len(found)
    for line, row in enumerate(rows, start=2):
        item = found[row["place"], row["indicator"], row["period"], row["basis"]]
        assert (item.value, item.unit, item.source, item.row) == (
            float(row["value"]), row["unit"], row["source"], line,
        )  # fmt: skip
        decimals = len(row["value"].partition(".")[2])
        assert item.half_step == pytest.approx(0.5 * 10.0**-decimals)
        assert item.quote == f"{row['place']} {row['indicator']} {row['period']}: {row['value']}"
        assert f"row {line} of peers/{kind}.csv" in item.note
        assert (item.known, item.assumed, item.published) == (dt.date(item.year + 1, 3, 31), True, "")
        assert item.vintage == ("census5" if row["basis"] == "census5" else "unknown")


@pytest.mark.parametrize("kind", KINDS)
def test_places_come_in_the_order_of_the_codes_with_both_names_and_no_targets(kind):
    listed = [row for row in table("places.csv") if f"{row['kind']}s".replace("citys", "cities") in (kind, f"{kind}s")]
    made = all_of(kind)
    assert len(made) == COUNTS[kind]
    assert [(each.plan.place.zh, each.plan.place.en) for each in made.values()] == [
        (row["place"], row["name_en"]) for row in listed
    ]
    assert list(made) == [row["place"] for row in listed]
    assert {each.plan.targets for each in made.values()} == {()}
    assert len({each.plan.id for each in made.values()}) == len(made)


@pytest.mark.parametrize("kind", KINDS)
def test_growth_is_formed_where_the_peers_form_it_and_never_across_a_break(kind):
    for place, dataset in all_of(kind).items():
        panel = getattr(dataset.peers, kind)
        for indicator in set(panel.levels) & set(dataset.indicators):
            expected = {
                year: now / before - 1
                for year, (before, now, _) in panel.pairs(indicator, place).items()
                if before > 0 < now
            }
            assert {step.year: step.value for step in dataset.growth_steps(indicator)} == pytest.approx(expected)


def test_a_break_splits_its_basis_and_the_reason_is_told():
    city = all_of("cities")["石家庄"]
    assert [basis.id for basis in city.bases] == [
        "annual2019", "annual2026a", "annual2026a-2018", "annual2026b", "annual2026c",
    ]  # fmt: skip
    split = next(basis for basis in city.bases if basis.id == "annual2026a-2018")
    assert "-5.9%" in split.note
    assert {(item.year, item.basis) for item in city.observations if item.basis == split.id} == {(2018, split.id)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_are_those_of_the_embedded_plan_and_every_relation_resolves(kind):
    own, made = qd.load("qingdao").indicators, next(iter(all_of(kind).values())).indicators
    for name, each in made.items():
        relations = (each.parent, each.real_growth, each.numerator, each.denominator, each.ceiling, *each.parts)
        assert {other for other in relations if other} <= set(made)
        if kind == "cities":
            assert (each.name, each.unit, each.definition) == (own[name].name, own[name].unit, own[name].definition)
        else:
            assert "本市" not in each.definition.zh
            assert "of the city" not in each.definition.en
            assert kind != "nation" or "地区生产总值" not in each.name.zh
    units = {row["indicator"]: row["unit"] for row in table(f"{kind}.csv")}
    assert units.items() <= {name: each.unit for name, each in made.items()}.items()


def test_real_growth_of_provinces_is_the_index_less_100_and_cities_have_none():
    rows = {(row["place"], row["period"]): row["value"] for row in table("provinces.csv") if row["indicator"] == INDEX}
    made = {
        (place, str(year)): item
        for place, dataset in all_of("provinces").items()
        for (year, _), item in dataset.annual(GROWTH).items()
    }
    assert made.keys() == rows.keys()
    for cell, item in made.items():
        assert Decimal(str(item.value)) == Decimal(rows[cell]) - 100
        assert (item.evidence, item.unit, item.quote) == ("derived", "%", "")
        assert item.note.startswith(f"{rows[cell]} - 100 = ")
        assert "previous year = 100" in item.note
    assert all(not dataset.annual(GROWTH) for dataset in all_of("cities").values())


@pytest.mark.parametrize("day", ["2012-12-31", "2019-03-30", "2019-03-31"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_known_before_its_day(kind, day):
    if (kind, day) == ("provinces", "2012-12-31"):
        with pytest.raises(NotAvailable, match="did not exist on 2012-12-31"):
            peers(kind, day)
        return
    last = {"2012-12-31": 2011, "2019-03-30": 2017, "2019-03-31": 2018}[day]
    for dataset in all_of(kind, day).values():
        assert max(item.year for item in dataset.observations) == last
        assert all(item.known <= dataset.as_of == dt.date.fromisoformat(day) for item in dataset.observations)
        assert getattr(dataset.peers, kind).last <= last


def test_the_default_date_is_that_of_the_newest_figure():
    assert {kind: {each.as_of for each in all_of(kind).values()} for kind in KINDS} == {
        "cities": {dt.date(2025, 3, 31)}, "provinces": {dt.date(2025, 3, 31)}, "nation": {dt.date(2026, 3, 31)},
    }  # fmt: skip
    assert peers("nation", "2020-03-31")["中国"].latest("gdp").year == 2019


def test_the_digests_are_those_of_the_files():
    for name, digest in all_of("cities")["青岛"].digests.items():
        assert digest == hashlib.sha256((FOLDER.parent / name).read_bytes()).hexdigest()


def test_a_place_is_left_out_of_its_own_reference_class():
    city = all_of("cities")["北京"]
    panel = city.peers.cities
    spoilt = {basis: {year: year**3.0 for year in years} for basis, years in panel.levels["gdp"]["北京"].items()}
    levels = panel.levels | {"gdp": panel.levels["gdp"] | {"北京": spoilt}}
    other = replace(city, peers=replace(city.peers, cities=replace(panel, levels=levels)))
    assert (project(city, "gdp", 2027).paths == project(other, "gdp", 2027).paths).all()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("towns",), UnknownName, "cities, provinces, nation"),
        (("cities", "yesterday"), UnknownName, "YYYY-MM-DD"),
        (("provinces", "2016-12-31"), NotAvailable, "2017-03-31"),
    ],
)
def test_a_wrong_question_is_told_what_to_ask(arguments, error, words):
    with pytest.raises(error, match=words):
        peers(*arguments)


# Ratios are formed inside bases -------------------------------------------------------------------------------------


PLACES = st.sampled_from([row["place"] for row in table("places.csv") if row["kind"] == "city"])


@given(PLACES, st.integers(2000, 2023), st.integers(1, 15), st.integers(0, 4), st.floats(0.2, 5))
def test_raising_every_figure_of_one_basis_moves_no_ratio(place, first, span, which, factor):
    """A ratio across two bases would move."""
    city, last = all_of("cities")[place], min(first + span, 2024)
    basis = city.bases[which % len(city.bases)].id
    moved = tuple(
        replace(item, value=item.value * factor) if item.basis == basis else item for item in city.observations
    )
    other = replace(city, observations=moved)
    one, two = linked(city, "gdp", first, last), linked(other, "gdp", first, last)
    assert (one is None) == (two is None)
    if one is not None:
        assert two.ratio == pytest.approx(one.ratio)
        assert one.now is None or one.now.basis == one.base.basis
    elif city.value("gdp", first) and city.value("gdp", last):
        told = apart(city, "gdp", first, last)
        assert "No ratio is formed across bases" in told.en
        assert "不跨口径" in told.zh


def test_growth_inside_bases_links_years_that_no_basis_holds_together():
    city = qd.load("qingdao")
    link, steps = linked(city, "gdp", 2018, 2025), {step.year: step for step in city.growth_steps("gdp")}
    expected = 1.0
    for year in range(2019, 2026):
        expected *= 1 + steps[year].value
    assert link.ratio == pytest.approx(expected)
    assert steps[2024].derived
    assert {item.evidence for item in link.used if item.year == 2024 and item.note == steps[2024].steps} == {"derived"}
    verdict = qd.scorecard({"青岛": city}, doubling(2018, 2025))["青岛"]
    assert (verdict.status, verdict.evidence) == ("missed", "derived")
    assert "chained" in verdict.sentence.en
    assert verdict.value == pytest.approx(expected)


def test_the_doublings_of_the_embedded_plan_are_what_they_were():
    verdicts = {name: qd.assess(qd.load("qingdao"), name) for name in ("t25", "t26", "t27")}
    assert {name: each.status for name, each in verdicts.items()} == {
        "t25": "not_published", "t26": "missed", "t27": "not_published",
    }  # fmt: skip
    assert verdicts["t26"].value == 8650 / 5554


def test_ten_years_to_2018_are_judged_inside_one_basis_cell_for_cell():
    levels = {(row["place"], row["basis"], row["period"]): float(row["value"]) for row in table("cities.csv")
              if row["indicator"] == "gdp"}  # fmt: skip
    broken = {
        row["place"] for row in table("breaks.csv") if row["indicator"] == "gdp" and 2008 < int(row["period"]) <= 2018
    }
    standing = doubled(2008, 2018)
    for verdict in standing.verdicts:
        place = verdict.place.zh
        if place in broken:
            assert verdict.status == "not_assessable"
            assert verdict.value is None
            continue
        ratios = [
            levels[place, basis, "2018"] / levels[place, basis, "2008"]
            for basis in ("annual2026", "annual2026a")
            if (place, basis, "2018") in levels
        ]
        assert verdict.value == pytest.approx(ratios[0])
        assert verdict.status == ("met" if ratios[0] >= 2 else "missed")
    assert standing.counts()["met"] + standing.counts()["missed"] == 36 - len(broken)


def test_across_the_census_no_multiple_is_formed_and_the_reason_is_said():
    standing = doubled(2014, 2024)
    assert {verdict.place.zh for verdict in standing.verdicts if verdict.value} == {"北京", "天津", "上海", "重庆"}
    assert standing.counts()["not_assessable"] == 32
    sentence = standing["Qingdao"].sentence
    assert "different statistical bases" in sentence.en
    assert "2019, 2024" in sentence.en
    assert "2019、2024年" in sentence.zh


# One target asked of all --------------------------------------------------------------------------------------------


def test_no_city_publishes_real_growth_and_that_is_said_plainly():
    standing = qd.scorecard(all_of("cities"), growth_target(2024))
    assert standing.counts()["not_published"] == 36
    assert all(verdict.probability is None and verdict.value is None for verdict in standing.verdicts)
    assert "No figure of it for 2024 is published for any of them" in standing.summary().en
    assert "没有一个地方公布2024年的这一数字" in standing.summary().zh


def test_provinces_are_settled_by_their_index_and_sorted_from_the_best():
    standing = qd.scorecard(all_of("provinces"), growth_target(2024))
    values = [verdict.value for verdict in standing.verdicts]
    assert values == sorted(values, reverse=True)
    assert all((verdict.status == "met") == (verdict.value >= 5) for verdict in standing.verdicts)
    assert {verdict.evidence for verdict in standing.verdicts} == {"derived"}
    ahead = qd.scorecard(all_of("provinces"), growth_target(2026))
    assert ahead.counts()["not_assessable"] == 31
    assert all(verdict.required_growth is None for verdict in ahead.verdicts)  # a rate does not grow to a rate
    assert all("a year" not in verdict.sentence.en for verdict in ahead.verdicts)


@pytest.mark.parametrize(
    "target", [doubling(2018, 2022), common_target("gdp", "level", "more_than", 9000, "亿元", 2021)]
)
def test_together_is_the_same_as_one_by_one(target):
    some = dict(itertools.islice(all_of("cities", "2019-03-31").items(), 9, 12))
    together = qd.scorecard(some, target)
    for place, dataset in reversed(some.items()):
        alone, own = qd.scorecard({place: dataset}, target)[place], together[place]
        assert alone.to_record() == own.to_record()
        assert (alone.probability, alone.projected) == (own.probability, own.projected)
    assert {"on_track", "uncertain", "off_track"} & {verdict.status for verdict in together.verdicts}


def test_the_chance_of_a_multiple_is_that_of_the_level_it_stands_for():
    city = all_of("cities", "2019-03-31")["青岛"]
    base = city.value("gdp", 2015, "annual2026a").value
    multiple = qd.scorecard(
        {"青岛": city}, common_target("gdp", "multiple_of_baseline", "at_least", 1.7, "倍", 2022, 2015)
    )
    level = qd.scorecard({"青岛": city}, common_target("gdp", "level", "at_least", 1.7 * base, "亿元", 2022))
    one, two = multiple["青岛"], level["青岛"]
    assert one.probability == pytest.approx(two.probability)
    assert one.projected.lo80 == pytest.approx(two.projected.lo80 / base)
    assert one.required_growth == pytest.approx(two.required_growth)
    assert "By 2018 it had come to" in one.sentence.en


def test_a_baseline_ahead_is_projected_along_the_same_paths():
    city = all_of("cities")["上海"]
    target = doubling(2026, 2034)
    verdict = qd.scorecard({"上海": city}, target)["上海"]
    paths = project(city, "gdp", 2034)
    assert verdict.probability == pytest.approx((paths.at(2034) / paths.at(2026) >= 2).mean())
    assert verdict.required_growth == pytest.approx(2 ** (1 / 8) - 1)


def test_too_short_a_run_is_called_that_and_not_blamed_on_the_peers():
    some = {"乌鲁木齐": all_of("cities", "2019-03-31")["乌鲁木齐"]}
    verdict = qd.scorecard(some, doubling(2018, 2022))["Urumqi"]
    assert verdict.status == "not_assessable"
    assert "only 2 yearly changes" in verdict.sentence.en
    assert "comparable" not in verdict.sentence.en


def test_too_far_a_deadline_is_called_that():
    verdict = qd.scorecard({"青岛": all_of("cities", "2019-03-31")["青岛"]}, doubling(2018, 2044))["青岛"]
    assert verdict.status == "not_assessable"
    assert "26 years beyond the latest figure" in verdict.sentence.en
    assert "26年" in verdict.sentence.zh


@pytest.mark.parametrize("years", [(2008, 2018), (2014, 2024)])
def test_no_sentence_pretends_that_the_place_set_the_target(years):
    standing = doubled(*years)
    for verdict in standing.verdicts:
        for language, words in OWN.items():
            assert words in verdict.sentence[language]
            assert verdict.place[language] in verdict.sentence[language]
    target = standing.target
    assert (target.strength, target.source, target.quote) == ("own", "analyst", "the analyst's own common target")
    assert target.label.en == "GDP"


def test_a_target_that_the_place_did_set_is_not_disowned():
    city = qd.load("qingdao")
    target = city.plan.target("t06")
    around = qd.scorecard({"青岛": city, "济南": all_of("cities")["济南"]}, target)
    assert around["青岛"].sentence.en.startswith(qd.assess(city, "t06").sentence.en.split(" The deadline")[0])
    assert "did not set it" not in around["青岛"].sentence.en
    assert "taken from another plan; Jinan did not set it" in around["济南"].sentence.en


@pytest.mark.parametrize("order", [reversed, sorted])
def test_the_standing_does_not_hang_on_the_order_of_the_places(order):
    shuffled = {name: all_of("cities")[name] for name in order(list(all_of("cities")))}
    one, two = doubled(2008, 2018), qd.scorecard(shuffled, doubling(2008, 2018))
    ranked = [[verdict.place.zh for verdict in each.verdicts if verdict.value] for each in (one, two)]
    assert ranked[0] == ranked[1]
    assert one.counts() == two.counts()


def test_records_frames_and_text_hold_every_place_and_agree():
    standing = doubled(2014, 2024)
    assert sum(standing.counts().values()) == len(standing.verdicts) == 36
    ranks = [BEST_FIRST.index(verdict.status) for verdict in standing.verdicts]
    assert ranks == sorted(ranks)
    records = standing.to_records()
    assert [each["place_en"] for each in records] == [verdict.place.en for verdict in standing.verdicts]
    assert {"status", "probability", "value", "sentence_zh"} <= records[0].keys()
    for language in ("zh", "en"):
        frame, text = standing.to_frame(language), standing.text(language)
        assert len(frame) == 36
        assert all(verdict.place[language] in text for verdict in standing.verdicts)
        assert standing.summary()[language] == text.split("\n")[0]
    assert str(standing) == standing.text("zh")
    assert isinstance(standing, Standing)
    assert standing["青岛"] is standing["Qingdao"]


def test_unsettled_leaves_to_the_engine_what_the_engine_settles():
    city = all_of("cities")["北京"]
    assert unsettled(city, doubling(2014, 2024)) is None
    assert unsettled(city, doubling(1990, 2024)) is None  # no baseline
    assert qd.scorecard({"北京": city}, doubling(1990, 2024))["北京"].status == "not_published"


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda: qd.scorecard(all_of("cities")), UnknownName, "need one target"),
        (lambda: qd.scorecard(qd.load("qingdao"), growth_target(2024)), UnknownName, "its own targets"),
        (lambda: qd.scorecard({}, growth_target(2024)), NotAvailable, "no places"),
        (lambda: qd.scorecard(all_of("nation"), qd.load("qingdao").plan.target("t05")), NotAvailable, "one year"),
        (lambda: doubled(2008, 2018)["Atlantis"], UnknownName, "青岛"),
        (lambda: qd.scorecard(all_of("nation"), asked("gdp", "%")), UnknownName, "亿元"),
        (lambda: qd.scorecard(all_of("nation"), asked("ships", "家")), UnknownName, "ships"),
        (lambda: common_target("gdp", "speed", "at_least", 5, "%", 2025), UnknownName, "multiple_of_baseline"),
        (lambda: common_target("gdp", "level", "above", 5, "%", 2025), UnknownName, "more_than"),
        (lambda: common_target("gdp", "level", "at_least", float("nan"), "%", 2025), UnknownName, "finite"),
        (lambda: doubling(2025, 2025), UnknownName, "before the deadline"),
        (lambda: common_target("gdp", "multiple_of_baseline", "at_least", 2, "倍", 2025), UnknownName, "baseline"),
        (lambda: common_target("gdp", "level", "at_least", 2, "亿元", 2025, baseline=2020), UnknownName, "baseline"),
        (lambda: common_target("gdp", "level", "about", 2, "亿元", 2025), UnknownName, "two widths"),
    ],
)  # fmt: skip
def test_every_wrong_request_is_told_what_to_do(ask, error, words):
    with pytest.raises(error, match=words):
        ask()


# The figure ---------------------------------------------------------------------------------------------------------


def test_the_title_counts_what_the_record_holds():
    standing = doubled(2008, 2018)
    count = sum(verdict.value is not None for verdict in standing.verdicts)
    met, rank = standing.counts()["met"], [verdict.place.en for verdict in standing.verdicts].index("Qingdao") + 1
    title = charts.chart_peers(standing, "en", place="青岛").title
    assert title == f"{met} of {count} places with a figure reached 2 times; Qingdao ranks {rank}"
    assert charts.chart_peers(standing, "zh").title == f"{count}个有数字的地方中，{met}个达到2倍"


def test_where_no_place_has_a_figure_nothing_is_drawn_or_published():
    silent = qd.scorecard(all_of("cities"), growth_target(2024))
    assert set(charts.frame_peers(silent)["series"]) == {"silent"}
    with pytest.raises(NotAvailable, match="no place has"):
        charts.chart_peers(silent)
    assert list(figures_of(silent)) == []
    with pytest.raises(UnknownName, match="unknown place"):
        charts.frame_peers(silent, "Atlantis")


def test_the_published_table_has_the_columns_of_interval_and_status():
    (sheet,) = figures_of(doubled(2014, 2024))
    assert sheet.slug == "common-gdp-2024"
    printed = sheet.printed()
    assert {"status", "value [倍]", "lo80 [倍]", "hi80 [倍]", "probability [fraction]"} <= set(printed.columns)
    assert len(printed) == 36
    assert sheet.facts["counts"]["not_assessable"] == 32


# The same of a plan's own targets -----------------------------------------------------------------------------------


def own_plan(dataset, target):
    asked = replace(target, label=dataset.indicator(target.indicator).name)
    return replace(dataset, plan=replace(dataset.plan, targets=(asked,)))


@pytest.mark.parametrize(("place", "years"), [("青岛", (2014, 2024)), ("北京", (2024, 2034)), ("青岛", (2024, 2034))])
def test_a_plan_is_judged_by_its_own_multiple_as_by_a_common_one(place, years):
    dataset = all_of("cities")[place]
    verdict, common = qd.assess(own_plan(dataset, doubling(*years)), "common"), doubled(*years)[place]
    assert (verdict.status, verdict.probability) == (common.status, common.probability)
    assert common.sentence.en.startswith(verdict.sentence.en)
    assert verdict.probability is None or 0 < verdict.probability < 1  # a multiple is never compared with a level


def test_a_rate_is_not_said_to_need_growth_and_a_short_run_is_called_short():
    province, city = all_of("provinces")["山东"], all_of("cities", "2019-03-31")["乌鲁木齐"]
    assert "a year" not in qd.assess(own_plan(province, growth_target(2026)), "common").sentence.en
    level = common_target("gdp", "level", "at_least", 5000, "亿元", 2024)
    assert "only 2 yearly changes" in qd.assess(own_plan(city, level), "common").sentence.en


def test_a_baseline_on_another_basis_is_no_evidence_about_a_missing_one():
    city = all_of("cities")["青岛"]
    kept = tuple(item for item in city.observations if item.year in (2017, 2024))
    verdict = qd.assess(own_plan(replace(city, observations=kept), doubling(2018, 2024)), "common")
    assert (verdict.status, verdict.probability) == ("not_published", None)
