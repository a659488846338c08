"""The track record: forward in time, with the number of cases, and equal to the committed table."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import qdecon as qd
from qdecon.replay import Record
from tests.records import bands

pytestmark = pytest.mark.xdist_group("bands")
RECORD_FOLDER = Path(__file__).parent.parent / "data" / "record"


@pytest.fixture(scope="module")
def record() -> Record:
    return bands()


def test_the_committed_record_is_what_a_run_gives(record: Record) -> None:
    for name, table in record.tables().items():
        committed = pd.read_csv(RECORD_FOLDER / name)
        fresh = pd.read_csv(io.StringIO(table.to_csv(index=False)))
        pd.testing.assert_frame_equal(committed, fresh, atol=2e-3)


def test_origins_end_where_the_outcome_is_still_inside_the_basis(record: Record) -> None:
    cities = record.cases[record.cases["panel"] == "cities"]
    last = cities.groupby("horizon")["origin"].max()
    assert last.to_dict() == {1: 2017, 2: 2016, 3: 2015, 4: 2014, 5: 2013}


FORWARD = ["cities", "countries", "municipalities", "provinces"]


def test_bands_hold_forward_in_time_on_every_panel(record: Record) -> None:
    pooled = record.cases.groupby("panel")[["covered80", "covered95"]].mean().loc[FORWARD]
    assert (pooled["covered80"] > 0.76).all()
    assert (pooled["covered95"] > 0.92).all()


def test_projections_are_sharper_than_drift_with_its_textbook_band(record: Record) -> None:
    pooled = record.cases.groupby("panel")[["crps", "crps_drift"]].mean().loc[FORWARD]
    assert (pooled["crps"] < 0.92 * pooled["crps_drift"]).all()


def test_the_worst_origin_year_is_told(record: Record) -> None:
    by_year = record.by_origin().groupby(["panel", "horizon"])["coverage80"].min()
    told = record.coverage().set_index(["panel", "horizon"])["worst80"]
    pd.testing.assert_series_equal(by_year, told, check_names=False)


def test_leaving_one_city_out_is_close_to_nominal(record: Record) -> None:
    table = record.coverage().set_index("panel").loc["cities, one left out"]
    np.testing.assert_allclose(table["coverage80"], 0.80, atol=0.04)
    np.testing.assert_allclose(table["coverage95"], 0.95, atol=0.02)


def test_intervals_hold_the_coverage_and_every_cell_has_its_n(record: Record) -> None:
    table = record.coverage()
    assert (table["cases"] > 0).all()
    several = table[table["origins"] > 1]
    assert (several["low80"] <= several["coverage80"] + 1e-12).all()
    assert (several["coverage80"] <= several["high80"] + 1e-12).all()
    assert table[table["origins"] == 1]["low80"].isna().all()


def test_a_forecast_quotes_the_record() -> None:
    city = qd.load("qingdao")
    held = city.peers.held("cities", 1)
    assert held is not None
    assert f"of {held.cases} past cases" in qd.assess(city, "t06").sentence.en
