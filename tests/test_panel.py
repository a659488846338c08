"""Rolling origins over any panel: scores from first principles, alike on every backend, and the command line."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdecon.data import shipped_quantiles
from qdecon.errors import NotAvailable
from qdecon.models import Drift, Naive, default_model, model
from qdecon.projection import LEVELS
from qdecon.replay import PanelRecord, backtest_panel, compare_models
from qdecon.replay.panel import TEXTBOOK

MODEL = default_model("level")


def panel(series: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [200 + np.cumsum(rng.normal(0.5, 1.0, size=years)) for years in rng.integers(16, 30, size=series)]


def same(one: PanelRecord, two: PanelRecord) -> None:
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(two, field.name))


# ---- what is scored


def test_scores_are_those_of_each_series_at_each_origin() -> None:
    series = panel(6)
    record = backtest_panel(series, 3, Drift(), origins=4)
    for row, values in enumerate(series):
        for back in range(4):
            past = values[: len(values) - 3 - back]
            outcome = values[len(past) : len(past) + 3]
            made = Drift().forecast(past[None, :], 3)
            scale = np.mean(np.abs(np.diff(past)))
            assert record.mase[row, back] == pytest.approx(np.mean(np.abs(outcome - made.path[0])) / scale)
            half = 1.2815516 * made.spread[0]
            held = np.abs(outcome - made.path[0]) <= half
            np.testing.assert_array_equal(record.covered80[row, back], held)


def test_the_brier_score_is_that_of_past_average_growth_going_on() -> None:
    from scipy.special import ndtr

    series = panel(5)
    record = backtest_panel(series, 2, Naive())
    for row, values in enumerate(series):
        past, outcome = values[:-2], values[-2:]
        threshold = past[-1] + np.arange(1, 3) * (past[-1] - past[0]) / (len(past) - 1)
        made = Naive().forecast(past[None, :], 2)
        chance = 1 - ndtr((threshold - made.path[0]) / made.spread[0])
        expected = np.mean((chance - (outcome >= threshold)) ** 2)
        assert record.brier[row, 0] == pytest.approx(expected, abs=0.01)  # 21 quantiles stand for the normal


def test_models_are_compared_over_origins_and_not_over_series_that_err_together() -> None:
    rng = np.random.default_rng(3)
    steps = rng.normal(3.0, 1.0, size=(30, 60))
    series = list(100 + np.cumsum(steps, axis=1))
    drift, naive = (backtest_panel(series, 2, each, origins=20) for each in (Drift(), Naive()))
    better, worse = drift.compared(naive), naive.compared(drift)
    assert better.n == 20
    assert better.p_value < 1e-6
    assert better.mean_difference < 0
    assert worse.statistic == pytest.approx(-better.statistic)
    with pytest.raises(NotAvailable, match="chance"):
        backtest_panel(series, 2, Drift(), origins=9).compared(backtest_panel(series, 2, Naive(), origins=9))
    with pytest.raises(NotAvailable, match="different panels"):
        drift.compared(backtest_panel(series, 3, Naive(), origins=20))


def test_an_origin_uses_nothing_that_came_later() -> None:
    series = panel(40, seed=3)
    altered = [np.concatenate([values[:-4], values[-4:] * 5]) for values in series]
    one = backtest_panel(series, 2, MODEL, shipped_quantiles(), origins=6)
    two = backtest_panel(altered, 2, MODEL, shipped_quantiles(), origins=6)
    # an origin four years back sees none of the altered years, neither in its past nor in its outcome nor in its bands
    np.testing.assert_array_equal(one.crps[:, 4:], two.crps[:, 4:])
    np.testing.assert_array_equal(one.covered80[:, 4:], two.covered80[:, 4:])
    assert not np.array_equal(one.mase[:, 0], two.mase[:, 0])


def test_calibrated_bands_hold_what_they_promise_at_every_origin() -> None:
    rng = np.random.default_rng(9)
    series = list(200 + np.cumsum(rng.normal(0.5, 1.0, size=(2500, 30)), axis=1))
    record = backtest_panel(series, 4, MODEL, shipped_quantiles(), origins=3)
    np.testing.assert_allclose(record.covered80.mean(axis=(0, 2)), 0.80, atol=0.03)
    np.testing.assert_allclose(record.covered95.mean(axis=(0, 2)), 0.95, atol=0.02)
    assert record.summary()["pit_error"] < 0.02
    assert record.by_horizon()["cases"].tolist() == [7500] * 4


def test_the_naive_scores_one_against_itself() -> None:
    assert backtest_panel(panel(5), 2, Naive()).summary()["owa"] == pytest.approx(1.0)


def test_textbook_quantiles_are_the_normal_ones() -> None:
    from scipy.special import ndtri

    np.testing.assert_allclose(TEXTBOOK, ndtri(LEVELS), atol=1e-6)


def test_a_series_too_short_for_an_origin_is_not_scored_there() -> None:
    record = backtest_panel([np.arange(1.0, 9.0) ** 1.5, np.arange(1.0, 30.0) ** 1.5], 2, MODEL, origins=4)
    assert np.isfinite(record.mase[0]).tolist() == [True, True, True, False]
    assert np.isfinite(record.mase[1]).all()
    assert record.summary()["n"] == 7


WILD = st.one_of(
    st.just(0.0), st.just(5.0), st.floats(-1e3, 1e3), st.floats(1e-6, 1e-3), st.floats(1e6, 1e12), st.integers(0, 3)
).map(float)


@given(series=st.lists(st.lists(WILD, min_size=1, max_size=14).map(np.array), min_size=1, max_size=8))
def test_any_finite_panel_is_scored_without_a_warning(series: list[np.ndarray]) -> None:
    for each in (MODEL, Drift()):
        record = backtest_panel(series, 2, each, shipped_quantiles() if each is MODEL else None, origins=2)
        assert np.isfinite(record.smape).sum() == sum(
            max(0, min(2, len(values) - 2 - each.needs + 1)) for values in series
        )
        assert record.summary()["n"] == np.isfinite(record.smape).sum()


def test_no_series_is_refused() -> None:
    with pytest.raises(NotAvailable, match="no series"):
        backtest_panel([], 2, MODEL)


def test_models_stand_side_by_side_by_horizon() -> None:
    series = [(values, 2 + number % 2) for number, values in enumerate(panel(8))]
    ticks = iter(range(1000))
    rows = compare_models(series, [model("naive"), MODEL], shipped_quantiles(), clock=lambda: float(next(ticks)))
    assert [(row["model"], row["horizon"]) for row in rows] == [
        ("naive", 2), ("median", 2), ("naive", 3), ("median", 3)
    ]  # fmt: skip
    assert [row["bands"] == "textbook" for row in rows] == [True, False] * 2
    assert {row["series_per_second"] for row in rows} == {4.0}


# ---- wherever it is computed


def test_blocks_of_another_length_agree_to_rounding() -> None:
    series = panel(60)
    whole = backtest_panel(series, 3, MODEL, shipped_quantiles(), origins=2)
    for length in (1, 7, 32):
        cut = backtest_panel(series, 3, MODEL, shipped_quantiles(), origins=2, block=length)
        for name in ("mase", "smape", "msis95", "crps", "brier"):
            np.testing.assert_allclose(getattr(cut, name), getattr(whole, name), rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_workers_give_the_same_to_the_last_bit(backend: str) -> None:
    from joblib import parallel_config

    series = panel(64)
    alone = backtest_panel(series, 3, MODEL, shipped_quantiles(), origins=2, block=16)
    with parallel_config(backend=backend):
        together = backtest_panel(series, 3, MODEL, shipped_quantiles(), origins=2, block=16, jobs=2)
    same(alone, together)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the cluster's own, at start and end
def test_a_dask_cluster_gives_the_same_to_the_last_bit() -> None:
    from distributed import Client, LocalCluster
    from joblib import parallel_config

    series = panel(64)
    alone = backtest_panel(series, 3, MODEL, shipped_quantiles(), origins=2, block=16)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
        parallel_config(backend="dask"),
    ):
        together = backtest_panel(series, 3, MODEL, shipped_quantiles(), origins=2, block=16, jobs=-1)
        workers = client.run(lambda: sys.modules.get("qdecon.replay.panel") is not None)
    same(alone, together)
    assert len(workers) == 2
    assert any(workers.values()), "no worker of the cluster has done any work"


def test_progress_is_shown_on_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    backtest_panel(panel(3), 2, Drift(), progress=True)
    assert capsys.readouterr().err == ""


# ---- the command


@pytest.fixture
def competition(tmp_path: Path) -> Path:
    lines = ["id,h,values"]
    for number, values in enumerate([*panel(12), np.array([1.0, 2.0, 3.0])]):
        lines.append(f"s{number},2,{' '.join(f'{value:.6g}' for value in values)}")
    path = tmp_path / "panel.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qdecon", "backtest", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_the_command_prints_a_table(competition: Path) -> None:
    made = run(competition)
    assert made.returncode == 0, made.stderr
    head, *rows = made.stdout.splitlines()
    assert head.split()[:6] == ["model", "horizon", "n", "mase", "smape", "owa"]
    assert [row.split()[0] for row in rows[:3]] == ["naive", "drift", "median"]
    assert rows[3].startswith("left out: s12:")
    assert made.stderr == ""


def test_the_command_prints_json_with_every_column_the_table_has(competition: Path) -> None:
    made = json.loads(run(competition, "--json", "--origins", "3", "--model", "median").stdout)
    (row,) = made["rows"]
    assert row["n"] == 36
    assert {
        "model", "n", "mase", "smape", "owa", "coverage80", "coverage95", "msis95", "crps", "brier", "series_per_second"
    } <= set(row)  # fmt: skip
    assert made["left_out"][0]["id"] == "s12"


def test_without_a_file_the_record_of_the_peers_is_printed_as_json() -> None:
    made = run("--json")
    rows = json.loads(made.stdout)
    assert {row["panel"] for row in rows} >= {"cities", "countries", "municipalities", "provinces"}
    assert next(row for row in rows if row["origins"] == 1)["low80"] is None


def test_a_tidy_file_gives_the_same_numbers(competition: Path, tmp_path: Path) -> None:
    lines = ["id,year,value"]
    for number, values in enumerate(panel(12)):
        lines += [f"s{number},{2000 + year},{value:.6g}" for year, value in enumerate(values)]
    tidy = tmp_path / "tidy.csv"
    tidy.write_text("\n".join(lines), encoding="utf-8")
    one = json.loads(run(competition, "--json", "--model", "median").stdout)["rows"][0]
    two = json.loads(run(tidy, "--json", "--model", "median", "--horizon", "2").stdout)["rows"][0]
    assert {**one, "series_per_second": 0} == {**two, "series_per_second": 0}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["missing.csv"], "missing.csv"),
        (["{file}", "--model", "crystal ball"], "unknown model"),
        (["{file}", "--origins", "0"], "origins"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(competition: Path, arguments: list[str], told: str) -> None:
    made = run(*[each.format(file=competition) for each in arguments])
    assert made.returncode == 1
    assert told in made.stderr
    assert "next:" in made.stderr
    assert "Traceback" not in made.stderr


def test_scoring_a_file_needs_neither_statsmodels_nor_scipy_stats(competition: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "qdecon", "backtest", str(competition)],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {line.rpartition("|")[2].strip() for line in made.stderr.splitlines()}
    assert "qdecon.replay.panel" in names
    assert not {name for name in names if name.startswith(("statsmodels", "scipy.stats", "matplotlib"))}
