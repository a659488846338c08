"""The dossier: everything about one verdict in one place, each part equal to what it is alone."""

from __future__ import annotations

import datetime as dt
import json
import random

import pytest

import qdecon as qd
from qdecon.__main__ import main
from qdecon.data import known
from qdecon.errors import UnknownName
from qdecon.plan import LANGUAGES
from qdecon.rules import Course, read_rules, read_target
from qdecon.scrutiny import Dossier, dossiers, split_shortfall, vary_readings
from qdecon.scrutiny.record import PARTS, task

CITY = qd.load("qingdao")


@pytest.fixture(scope="module")
def files() -> dict[str, Dossier]:
    return {each.target.id: each for each in dossiers(CITY)}


def test_every_target_has_a_dossier_in_the_order_of_the_scorecard(files: dict[str, Dossier]) -> None:
    assert list(files) == [verdict.target.id for verdict in qd.scorecard(CITY).verdicts]


def test_each_part_is_what_it_is_alone(files: dict[str, Dossier]) -> None:
    file = files["t06"]
    target = CITY.plan.target("t06")
    assert file.verdict.to_record() == qd.assess(CITY, "t06").to_record()
    assert file.rules is not None and file.rules.agreement == read_target(CITY, target).agreement
    assert file.sensitivity.sentence == vary_readings(CITY, "t06").sentence
    assert file.shortfall is not None and file.shortfall.sentence == split_shortfall(CITY, "t06").sentence
    assert file.history.sentence == qd.history(CITY, "t06").sentence
    assert file.base_rate is not None and file.verdict.required_growth is not None
    assert file.base_rate.sentence == qd.base_rate(CITY, file.verdict.required_growth, 1).sentence


def test_a_share_gets_the_precedents_of_provinces(files: dict[str, Dossier]) -> None:
    rate = files["t02"].base_rate
    assert rate is not None and (rate.hits, rate.cases, rate.all_hits, rate.all_cases) == (0, 176, 9, 248)


def test_what_is_settled_asks_for_nothing_any_more(files: dict[str, Dossier]) -> None:
    for name in ("t10", "t26", "t29", "t32"):
        assert files[name].base_rate is None
        assert files[name].reliability is None


def test_the_record_quoted_is_that_of_like_probabilities(files: dict[str, Dossier]) -> None:
    for file in files.values():
        if file.reliability is not None and file.verdict.probability is not None:
            assert file.reliability.low <= file.verdict.probability <= file.reliability.high
            assert file.verdict.probability_kind == "forecast"  # a belief about what was never published has no record
    assert {name for name, file in files.items() if file.reliability} == {"t06", "t06-2027", "t06-2028", "t06-2030"}


def test_the_last_step_of_a_history_is_the_verdict_now(files: dict[str, Dossier]) -> None:
    for file in files.values():
        last, now = file.history.steps[-1].verdict, file.verdict
        assert (last.status, last.probability) == (now.status, now.probability)


def test_parts_are_told_in_order_and_in_both_languages(files: dict[str, Dossier]) -> None:
    for file in files.values():
        names = list(file.sentences)
        assert names == [name for name in PARTS if name in names]
        for language in LANGUAGES:
            text = file.text(language)
            assert file.target.label[language] in text
            assert all(each[language].endswith(("。", ".", "！", "!")) for each in file.sentences.values())
            assert "None" not in text and "nan" not in text.split()


def test_a_dossier_as_json_holds_numbers_and_sentences(files: dict[str, Dossier]) -> None:
    record = json.loads(json.dumps(files["t06-2028"].to_record(), ensure_ascii=False))
    assert (record["rules"]["on_track"], record["rules"]["asked"]) == (7, 8)
    assert record["base_rate"]["cases"] > record["base_rate"]["hits"]
    assert record["sensitivity"]["model"]["of"] >= 8
    parts = record["shortfall"]["percent_of_plan"]
    assert parts["gap"] == pytest.approx(sum(value for name, value in parts.items() if name != "gap"), abs=0.02)
    assert set(record["sentences"]) == {"rules", "base_rate", "sensitivity", "shortfall", "history", "record"}


def test_the_task_says_needed_growth_and_its_multiple() -> None:
    import numpy as np

    values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    said = task(read_rules(Course(np.arange(2018, 2025), values, "up", 160.0, 2030)))
    assert said is not None
    assert said.en == "From here it needs 4.1% a year, 1.0 times the pace since 2018 (3.9%)."
    falling = task(read_rules(Course(np.arange(2018, 2025), values[::-1].copy(), "up", 160.0, 2030)))
    assert falling is not None and "times" not in falling.en  # a multiple of a fall means nothing


def test_on_an_earlier_date_nothing_later_is_known() -> None:
    then = qd.dossier(known(CITY, dt.date(2023, 6, 30)), "t10")
    assert then.verdict.probability_kind == "forecast"
    assert then.history.steps[-1].date <= dt.date(2023, 6, 30)
    assert "2024-" not in json.dumps([step["date"] for step in then.to_record()["history"]])


@pytest.mark.soak
@pytest.mark.parametrize("days", random.Random(20220505).sample(range((CITY.as_of - CITY.plan.published).days), 20))
def test_on_any_date_every_target_has_a_dossier_and_the_plan_an_audit(days: int) -> None:
    then = known(CITY, CITY.plan.published + dt.timedelta(days=days))
    for file in dossiers(then):
        json.dumps(file.to_record())
        assert file.text("zh") and file.text("en")
    assert qd.audit_plan(then).text("en")


def test_an_unknown_target_is_told_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="t06"):
        qd.dossier(CITY, "t99")


def test_the_command_line_prints_a_dossier_an_audit_and_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dossier", "t06", "--lang", "en"]) == 0
    assert "rules:\nAll 11 rules agree" in capsys.readouterr().out
    assert main(["dossier", "t06", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "t06"
    assert main(["audit", "--lang", "en"]) == 0
    assert "7.19% nominal growth a year" in capsys.readouterr().out
    assert main(["audit", "--json"]) == 0
    assert {row["kind"] for row in json.loads(capsys.readouterr().out)} >= {"growth", "joint", "sum"}
    assert main(["scorecard", "--full", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(qd.scorecard(CITY).verdicts)
    assert main(["dossier", "t99"]) == 1
    assert "t99" in capsys.readouterr().err
