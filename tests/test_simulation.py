"""Simulated panels: counts give what written-out paths give, and a series' numbers depend on its own name alone."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from qdecon.errors import NotAvailable
from qdecon.models import Forecast
from qdecon.projection.simulation import LEVELS, simulate


@pytest.fixture
def made() -> Forecast:
    rng = np.random.default_rng(0)
    return Forecast(rng.normal(100, 5, size=(4, 6)), rng.uniform(1, 2, size=(4, 6)))


@pytest.fixture
def shapes() -> np.ndarray:
    return np.cumsum(np.random.default_rng(1).normal(size=(300, 6)), axis=1)


NAMES = ["one", "two", "three", "four"]


def test_counts_give_the_quantiles_and_chances_of_the_paths_themselves(made: Forecast, shapes: np.ndarray) -> None:
    simulation = simulate(made, shapes, np.full(4, 101.0), NAMES, draws=2001)
    for row, name in enumerate(NAMES):
        picked = np.random.default_rng(zlib.crc32(name.encode())).integers(300, size=2001, dtype=np.uint32)
        paths = made.path[row] + made.spread[row] * shapes[picked]
        expected = np.quantile(paths, LEVELS, axis=0, method="nearest").T
        np.testing.assert_allclose(simulation.quantiles[row], expected, rtol=1e-12)
        assert simulation.chance[row] == np.mean(paths[:, -1] >= 101.0)


def test_many_draws_come_close_to_the_whole_class(made: Forecast, shapes: np.ndarray) -> None:
    simulation = simulate(made, shapes, made.path[:, -1], NAMES, draws=40_000)
    np.testing.assert_allclose(simulation.chance, np.mean(shapes[:, -1] >= 0), atol=0.01)


def test_a_series_does_not_depend_on_its_neighbours(made: Forecast, shapes: np.ndarray) -> None:
    together = simulate(made, shapes, np.full(4, 101.0), NAMES)
    alone = simulate(Forecast(made.path[2:3], made.spread[2:3]), shapes, np.full(1, 101.0), NAMES[2:3])
    np.testing.assert_array_equal(together.quantiles[2], alone.quantiles[0])
    assert together.chance[2] == alone.chance[0]


def test_a_higher_threshold_is_never_likelier(made: Forecast, shapes: np.ndarray) -> None:
    chances = [simulate(made, shapes, np.full(4, level), NAMES).chance for level in (90.0, 100.0, 110.0)]
    assert (np.diff(chances, axis=0) <= 0).all()


def test_what_does_not_fit_is_refused(made: Forecast, shapes: np.ndarray) -> None:
    with pytest.raises(NotAvailable, match="do not fit"):
        simulate(made, shapes[:, :3], np.full(4, 1.0), NAMES)
    with pytest.raises(NotAvailable, match="3 names"):
        simulate(made, shapes, np.full(4, 1.0), NAMES[:3])
