"""The scenarios that come with qdecon: every number is one that was published, or follows from some."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import qdecon as qd
from qdecon.__main__ import main
from qdecon.errors import NotAvailable, UnknownName
from qdecon.scenario import Scenario, ahead, from_link, to_link, to_toml
from qdecon.sources import presets, read_scenario

CITY = qd.load("qingdao")
ALL = {name: read_scenario(name) for name in presets()}


def values(name: str, lever: str) -> tuple[float, ...]:
    found = ALL[name].of(lever)
    assert found is not None
    return found.values


def published(indicator: str, year: int) -> float:
    item = CITY.value(indicator, year)
    assert item is not None and item.value is not None
    return item.value


def log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def test_there_are_eight_and_each_is_named_like_its_file() -> None:
    assert len(ALL) == 8
    assert all(scenario.id == name for name, scenario in ALL.items())


@pytest.mark.parametrize("scenario", ALL.values(), ids=lambda scenario: scenario.id)
def test_each_says_why_and_from_where(scenario: Scenario) -> None:
    assert scenario.name.zh and scenario.name.en and scenario.reason.zh and scenario.reason.en
    assert set(scenario.sources) <= set(CITY.sources)
    assert bool(scenario.sources) == bool(scenario.assumptions)
    assert from_link(to_link(scenario)) == scenario


def test_the_official_goal_is_the_one_stated_for_2026() -> None:
    (goal,) = [each for each in CITY.plan.goals if (each.indicator, each.period) == ("gdp_growth_real", "2026")]
    assert (values("official-goal", "real_growth"), ALL["official-goal"].sources) == ((goal.value,), (goal.source,))


def test_growth_of_the_past_is_what_was_published() -> None:
    (average,) = [item for item in CITY.observations if item.value == 5.9 and item.source == "G14"]
    assert average.period.label == "2021-2025"
    assert values("recent-average", "real_growth") == (average.value,)
    assert values("rebound", "real_growth") == tuple(published("gdp_growth_real", year) for year in range(2021, 2026))


def test_prices_follow_from_published_growth() -> None:
    nominal = published("gdp", 2025) / published("gdp", 2024)
    deflator = 100 * (nominal / (1 + published("gdp_growth_real", 2025) / 100) - 1)
    assert values("mild-deflation", "deflator") == (round(deflator, 2),)
    path = qd.dossier(CITY, "t06").shortfall
    assert path is not None and path.path.price is not None
    assert values("reflation", "deflator") == (round(100 * path.path.price, 2),)


def test_moves_of_shares_follow_from_published_shares() -> None:
    asked, base = CITY.plan.target("t02").value or 0, published("manufacturing_share", 2020)
    pace = 100 * (log_odds(asked / 100) - log_odds(base / 100)) / 4
    assert values("manufacturing-revival", "manufacturing_outgrowth") == (round(pace, 2),)
    shares = [log_odds(published("va_tertiary", year) / published("gdp", year)) for year in (2024, 2025)]
    assert values("services-led", "services_outgrowth") == (round(100 * (shares[1] - shares[0]), 1),)


def test_a_file_of_ones_own_is_read_and_what_is_none_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(to_toml(ALL["rebound"]), encoding="utf-8")
    assert read_scenario(own) == ALL["rebound"]
    with pytest.raises(UnknownName, match="no scenario 'luck'"):
        read_scenario("luck")
    with pytest.raises(UnknownName, match="no scenario"):
        read_scenario(tmp_path)
    own.write_bytes(b'schema = 1\nname_zh = "\xff"')
    with pytest.raises(NotAvailable, match="not UTF-8"):
        read_scenario(own)
    own.write_text("schema = 1\n" + "# more\n" * 20_000, encoding="utf-8")
    with pytest.raises(NotAvailable):
        read_scenario(own)


def test_the_command_line_compares_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "baseline", "official-goal", "--target", "t06-2028", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["scenario"] for row in rows] == ["baseline", "official-goal"]
    assert rows[0]["probability"] == pytest.approx(qd.assess(CITY, "t06-2028").probability, abs=5e-4)
    assert main(["scenario", "rebound", "--lang", "en"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in ahead(CITY))
    assert "100%" not in printed  # the record supports no more than 19 in 20
    assert main(["scenario", "luck"]) == 1
    assert "official-goal" in capsys.readouterr().err
