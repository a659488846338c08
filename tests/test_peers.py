"""The peers' tables: keys, names, sources, levels, and the revisions measured between two vintages."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "data" / "peers"
PANELS = {"cities.csv": "city", "provinces.csv": "province", "nation.csv": "nation", "countries.csv": "country"}
COLUMNS = ["place", "indicator", "period", "value", "unit", "basis", "source"]
KEYS = {
    "cities.csv": ("place", "indicator", "period", "basis"),
    "provinces.csv": ("place", "indicator", "period", "basis"),
    "nation.csv": ("place", "indicator", "period", "basis"),
    "countries.csv": ("place", "indicator", "period", "basis"),
    "revisions.csv": ("place", "indicator", "period"),
    "breaks.csv": ("place", "indicator", "period"),
    "places.csv": ("place", "kind"),
    "sources.csv": ("id",),
}
MUNICIPALITIES = {"北京", "上海", "天津", "重庆"}
MAIN_SECTORS = ("va_primary", "va_secondary", "va_tertiary")


def read(file):
    with (FOLDER / file).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def level(file, **wanted):
    found = [row for row in read(file) if all(row[column] == text for column, text in wanted.items())]
    assert len(found) == 1
    return float(found[0]["value"])


@pytest.mark.parametrize("file", KEYS)
def test_keys_are_unique(file):
    keys = Counter(tuple(row[column] for column in KEYS[file]) for row in read(file))
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize(("file", "kind"), PANELS.items())
def test_every_place_is_named(file, kind):
    named = [row["place"] for row in read("places.csv") if row["kind"] == kind]
    places = list(dict.fromkeys(row["place"] for row in read(file)))
    assert places == named  # the order of the administrative codes
    assert list(read(file)[0]) == COLUMNS


def test_places():
    places = read("places.csv")
    assert Counter(row["kind"] for row in places) == {"city": 36, "province": 31, "nation": 1, "country": 22}
    assert all(row["name_en"].isascii() and row["name_en"] for row in places)
    provinces = {row["place"]: row["code"] for row in places if row["kind"] == "province"}
    for row in places:
        if row["kind"] in {"city", "province"}:
            assert row["code"].isdigit()
            assert row["code"][:2] + "0000" == provinces[row["province"]]


def test_every_break_belongs_to_a_city():
    cities = {row["place"] for row in read("places.csv") if row["kind"] == "city"}
    levels = {(row["place"], row["indicator"], row["period"]) for row in read("cities.csv")}
    for row in read("breaks.csv"):
        assert row["place"] in cities
        assert (row["place"], row["indicator"], row["period"]) in levels
        assert row["kind"] in {"level_shift", "boundary_change", "sector_shift"}
        assert "%" in row["reason_zh"]
        assert "%" in row["reason_en"]


@pytest.mark.parametrize("file", [*PANELS, "revisions.csv"])
def test_every_source_resolves(file):
    assert {row["source"] for row in read(file)} <= {row["id"] for row in read("sources.csv")}


def test_every_source_is_used_and_licensed():
    used = {row["source"] for file in [*PANELS, "revisions.csv"] for row in read(file)}
    for row in read("sources.csv"):
        assert row["id"] in used
        assert row["licence"] in {'free reuse with the credit "Source: National Bureau of Statistics"', "CC BY 4.0"}
        assert row["address"].startswith("https://")


@pytest.mark.parametrize("file", PANELS)
def test_levels_are_positive(file):
    rates = {"gdp_growth_real", "gdp_deflator_growth"}
    assert all(float(row["value"]) > 0 for row in read(file) if row["indicator"] not in rates)


def test_sectors_sum_to_the_gdp_of_a_city():
    cells = defaultdict(dict)
    for row in read("cities.csv"):
        cells[row["place"], row["basis"], row["period"]][row["indicator"]] = float(row["value"])
    complete = [cell for cell in cells.values() if {"gdp", *MAIN_SECTORS} <= cell.keys()]
    assert len(complete) == 429
    for cell in complete:
        assert sum(cell[sector] for sector in MAIN_SECTORS) == pytest.approx(cell["gdp"], rel=0.002)


def test_a_city_basis_ends_at_the_census():
    spans = defaultdict(set)
    for row in read("cities.csv"):
        if row["source"] == "nbs-cities-2026":
            spans[row["place"] in MUNICIPALITIES, row["basis"]].add(int(row["period"]))
    assert {key: (min(years), max(years)) for key, years in spans.items()} == {
        (True, "annual2026"): (2006, 2024),
        (False, "annual2026a"): (2006, 2018),
        (False, "annual2026b"): (2019, 2023),
        (False, "annual2026c"): (2024, 2024),
    }


def test_qingdao_before_and_after_the_fourth_census():
    assert level("cities.csv", place="青岛", indicator="gdp", period="2018", basis="annual2026a") == 12001.52
    assert level("cities.csv", place="青岛", indicator="gdp", period="2019", basis="annual2026b") == 11741


def test_provinces_are_complete():
    rows = read("provinces.csv")
    periods = defaultdict(set)
    for row in rows:
        assert row["basis"] == "census5"
        periods[row["place"], row["indicator"]].add(int(row["period"]))
    indicators = {"gdp", "gdp_index", "va_industry", "va_secondary", "va_tertiary"}
    assert {indicator for _, indicator in periods} == indicators
    assert len(periods) == 31 * len(indicators)
    assert all(years == set(range(2016, 2025)) for years in periods.values())


def test_manufacturing_share_of_the_nation_on_two_bases():
    after = level("nation.csv", indicator="va_manufacturing", period="2022") / level(
        "nation.csv", indicator="gdp", period="2022", basis="census5"
    )
    before = level("nation.csv", indicator="manufacturing_share", period="2022", basis="wdi2024")
    assert 100 * after == pytest.approx(25.98, abs=0.005)
    assert before == pytest.approx(27.70, abs=0.005)


def test_revisions_end_at_the_figures_in_use():
    final = {(row["place"], row["indicator"], row["period"]): row["value"] for row in read("provinces.csv")}
    rows = read("revisions.csv")
    assert len(rows) == 31 * 13
    common = [row for row in rows if (row["place"], row["indicator"], row["period"]) in final]
    assert len(common) == 31 * 4
    assert all(float(row["final"]) == float(final[row["place"], row["indicator"], row["period"]]) for row in common)


@pytest.mark.parametrize(
    ("base", "indicators", "place", "indicator", "size"),
    [
        ("final", ["gdp"], "西藏", "gdp", 0.87),
        ("final", MAIN_SECTORS, "北京", "va_primary", 3.74),
        ("final", ["va_tertiary"], "天津", "va_tertiary", 0.81),
        ("final", None, "河北", "va_real_estate", 6.46),
        ("preliminary", ["gdp"], "西藏", "gdp", 0.88),
        ("preliminary", MAIN_SECTORS, "西藏", "va_primary", 3.72),
        ("preliminary", ["va_tertiary"], "西藏", "va_tertiary", 0.81),
        ("preliminary", None, "河北", "va_real_estate", 6.07),
    ],
)
def test_largest_revision(base, indicators, place, indicator, size):
    def change(row):
        return 100 * abs(float(row["final"]) - float(row["preliminary"])) / float(row[base])

    largest = max(
        (row for row in read("revisions.csv") if not indicators or row["indicator"] in indicators), key=change
    )
    assert (largest["place"], largest["indicator"]) == (place, indicator)
    assert change(largest) == pytest.approx(size, abs=0.005)
