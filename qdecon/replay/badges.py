"""Badges scored: how often "on track" was right, rule by rule, and how good the stated probabilities were.

Every published rule and qdecon judge the same trials (:mod:`qdecon.replay.trials`). A rule is scored twice: as it is,
yes or no; and recalibrated (:mod:`qdecon.replay.recalibration`), as the best probability that its quantity can give.
The second is the fair comparison, and it is made under equal knowledge:

- *forward*: qdecon uses only errors realised at the origin, a rule only outcomes known by then;
- *crossed*: both learn from all other places or series, whatever the year. On places that tells them what their time
  had in store, since places move together; series of a competition have no calendar years, so it is all there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from qdecon.errors import NotAvailable
from qdecon.models import Array, default_model
from qdecon.models.batch import batch, forecast
from qdecon.projection import FEWEST, growth_of, replay_origins
from qdecon.projection.bands import NEVER_MOVED
from qdecon.replay.peers import PROVINCE_FEWEST, PROVINCE_FIRST, forward_pools, surroundings
from qdecon.replay.recalibration import recalibrated
from qdecon.replay.trials import Trials, history_of, ratio_trials, stretch_trials
from qdecon.rules import RULES
from qdecon.rules.panel import NAMES
from qdecon.verdict.wording import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from qdecon.data import Dataset
    from qdecon.plan import Language
    from qdecon.replay.peers import Around

Knowledge: TypeAlias = "Literal['forward', 'crossed']"
KNOWLEDGE: tuple[Knowledge, ...] = ("forward", "crossed")
_HEADS = {
    "zh": ("组别", "方法", "标牌说对（判断的比例）", "概率的布里尔分", "比qdecon多（95%区间）", "n"),
    "en": ("panel", "forecaster", "badge right (of trials judged)", "Brier score", "above qdecon (95 %)", "n"),
}
QDECON = "qdecon"
FOLDS = 10
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
DRAWS, SEED = 2000, 20220505


@dataclass(frozen=True)
class BadgeRecord:
    """Judgements of trials by every rule and by qdecon.

    Attributes
    ----------
    cases : DataFrame
        One row a trial and forecaster: ``panel protocol trial group origin horizon used setting met forecaster quantity
        badge forward crossed``. ``badge`` is 1 for on track, 0 for not, NaN where a rule knows no such class or cannot
        be applied; ``forward`` and ``crossed`` are probabilities, NaN where nothing was known to learn from.
    """

    cases: pd.DataFrame

    def scores(self, knowledge: Knowledge = "forward", by: Sequence[str] = ("panel", "protocol")) -> pd.DataFrame:
        """Score every forecaster beside qdecon.

        Parameters
        ----------
        knowledge : {"forward", "crossed"}
        by : sequence of str
            Columns to tell apart, for instance also ``horizon`` or ``used``.

        Returns
        -------
        DataFrame
            One row a forecaster and group: ``n`` trials, ``rate`` of targets met, ``judged`` (share of trials with a
            badge), ``hit_rate`` and ``brier_badge`` of these (one half or more is yes for qdecon); ``compared``
            trials on which forecaster and qdecon both have a probability, ``brier`` and ``skill`` (over the rate met)
            on these, and ``more``: the Brier score above that of qdecon, with a 95 % interval ``low high`` from
            resampling whole places or series.
        """
        rows = []
        for key, part in self.cases.groupby(list(by), sort=True):
            own = part[part["forecaster"] == QDECON].set_index("trial")[knowledge]
            for forecaster, made in part.groupby("forecaster", sort=False):
                named = dict(zip(by, key, strict=True)) | {"forecaster": forecaster}
                rows.append(named | _badge_scores(made) | _compared(made.set_index("trial"), own, knowledge))
        return pd.DataFrame(rows)

    def reliability(self, knowledge: Knowledge = "forward", by: str = "origin") -> pd.DataFrame:
        """What qdecon's stated probabilities came to, by fifths.

        Parameters
        ----------
        knowledge : {"forward", "crossed"}
        by : {"origin", "group"}
            What is resampled as a whole for the interval: years of origin, or places (series).

        Returns
        -------
        DataFrame
            ``panel low high n stated came came_low came_high``.
        """
        rows = []
        known = self.cases[(self.cases["forecaster"] == QDECON) & self.cases[knowledge].notna()]
        fifth = np.clip(np.searchsorted(BINS, known[knowledge], side="right") - 1, 0, len(BINS) - 2)
        for (panel, place), part in known.groupby(["panel", fifth], sort=True):
            low, high = _resampled(part["met"].to_numpy(float), part[by].to_numpy())
            rows.append(
                {
                    "panel": panel, "low": BINS[place], "high": BINS[place + 1], "n": len(part),
                    "stated": part[knowledge].mean(), "came": part["met"].mean(), "came_low": low, "came_high": high,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    def text(self, language: Language = "zh") -> str:
        """The scores of every panel as an aligned table, with what knowledge there is."""
        knowledge: Knowledge = "forward" if self.cases["forward"].notna().any() else "crossed"
        table = self.scores(knowledge, ("panel",)).sort_values(["panel", "more"])
        lines = [_HEADS[language]]
        for row in table.itertuples():
            name = QDECON if row.forecaster == QDECON else NAMES[str(row.forecaster)][language]
            badge = "" if np.isnan(row.hit_rate) else f"{row.hit_rate:.0%} ({row.judged:.0%})"
            more = "" if row.forecaster == QDECON else f"{row.more:+.3f} ({row.low:+.3f}, {row.high:+.3f})"
            lines.append((str(row.panel), name, badge, f"{row.brier:.3f}", more, f"{row.compared}"))
        widths = [max(columns(line[place]) for line in lines) for place in range(len(lines[0]))]
        return "\n".join(
            "  ".join(cell + " " * (width - columns(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables to commit, by file name, rounded."""
        time = ("panel", "protocol", "horizon", "used")
        return {
            "badges.csv": pd.concat(
                [self.scores(each).assign(knowledge=each) for each in KNOWLEDGE], ignore_index=True
            ).round(4),
            "badges_by_time.csv": self.scores("forward", time).round(4),
            "reliability.csv": self.reliability().round(4),
        }


def score_badges(dataset: Dataset) -> BadgeRecord:
    """Judge past targets of cities and provinces.

    Plans of five and of three years for the cities, of three for the provinces, whose one basis is nine years long; and
    ratios with five years gone and five or three to go, three and two for the provinces.

    Parameters
    ----------
    dataset : Dataset
        Only its peers are read.

    Raises
    ------
    NotAvailable
        If the peers hold no past target with a reference class and an outcome.
    """
    around = surroundings(dataset.peers)
    cities, rows = around.cities, range(len(dataset.peers.cities.places))
    provinces = growth_of(dataset.peers.provinces, "gdp", PROVINCE_FIRST)
    points = FEWEST + 1
    asked = (
        *(stretch_trials(cities, years=years, points=points) for years in (5, 3)),
        *(ratio_trials(cities, left=left, points=points) for left in (5, 3)),
    )
    few = PROVINCE_FEWEST + 1
    there = (
        stretch_trials(provinces, years=3, past=3, points=few),
        ratio_trials(provinces, gone=3, left=2, points=few),
    )
    return _joined(
        [_forward("cities", each, around, rows, FEWEST) for each in asked]
        + [_forward("provinces", each, around, None, PROVINCE_FEWEST) for each in there]
    )


def score_badges_across(panel: str, series: Sequence[Array]) -> BadgeRecord:
    """Judge past targets of annual series without calendar years, cross-fitted by tenths of the series.

    Parameters
    ----------
    panel : str
        Its name.
    series : sequence of ndarray, shape (years,)
        Series with a value at or below nought are left out.

    Raises
    ------
    NotAvailable
        If there are fewer than two series with a past target: each is judged by errors and outcomes of others.
    """
    history, points = history_of(series), 11
    fold = np.random.default_rng(SEED).permutation(len(series)) % FOLDS
    made = []
    for trials in (ratio_trials(history, points=points), stretch_trials(history, points=points)):
        if len(np.unique(fold[trials.row])) > 1:
            chance = _chance_across(series, trials, fold, points)
            made.append(_judged(panel, trials, fold[trials.row], chance))
    return _joined(made)


def _joined(made: Sequence[pd.DataFrame]) -> BadgeRecord:
    if not sum(map(len, made)):
        raise NotAvailable(
            "there are not two series with a past target whose outcome is known",
            "panel",
            "give growing series of 16 values or more",
        )
    numbered = [each.assign(trial=each["trial"] + 10_000_000 * place) for place, each in enumerate(made)]
    return BadgeRecord(pd.concat(numbered, ignore_index=True))


def _forward(panel: str, trials: Trials, around: Around, themselves: Sequence[int] | None, fewest: int) -> pd.DataFrame:
    """Judgements of places; trials from before there was a reference class are left out."""
    model, chance = default_model("account"), np.full(len(trials), np.nan)
    for horizon in np.unique(trials.left):
        made = replay_origins(trials.history, model, int(horizon), fewest)
        for row, pool in forward_pools(made, around, model, themselves):
            here = (trials.left == horizon) & (trials.origin == made.year[row]) & (trials.row == made.place[row])
            chance[here] = _share_reaching(np.sort(pool), trials.needed[here] - made.moves[row, -1])
    kept = np.isfinite(chance)
    return _judged(panel, trials.take(kept), trials.row[kept], chance[kept], forward=True)


def _chance_across(series: Sequence[Array], trials: Trials, fold: NDArray[np.int_], points: int) -> Array:
    """Chance from the default path plus scaled errors of the other tenths of the series."""
    horizon = int(trials.left.max())
    row, place = np.nonzero(trials.history.runs() >= points - 1)
    known = place + 2  # values up to the origin: the first change leads to the second value
    made = forecast(
        default_model("level"),
        batch([series[at][:many] for at, many in zip(row.tolist(), known.tolist(), strict=True)]),
        horizon,
    )
    padded = [np.pad(values, (0, horizon), constant_values=np.nan) for values in series]
    outcome = np.array(
        [padded[at][many : many + horizon] for at, many in zip(row.tolist(), known.tolist(), strict=True)]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = (outcome - made.path) / made.spread
    where = np.zeros((len(series), known.max() + 1), dtype=int)
    where[row, known] = np.arange(len(row))
    origin, ahead = where[trials.row, trials.origin - trials.history.first + 2], trials.left - 1
    last = np.array(
        [series[at][many - 1] for at, many in zip(row[origin].tolist(), known[origin].tolist(), strict=True)]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        needed = (last * np.exp(trials.needed) - made.path[origin, ahead]) / made.spread[origin, ahead]
    chance = np.full(len(trials), np.nan)
    for own in range(FOLDS):
        for years in np.unique(ahead):
            pool, here = errors[fold[row] != own, years], (fold[trials.row] == own) & (ahead == years)
            chance[here] = _share_reaching(np.sort(pool[np.abs(pool) < NEVER_MOVED]), needed[here])
    return chance


def _share_reaching(ordered: Array, needed: Array) -> Array:
    return 1 - np.searchsorted(ordered, needed, side="left") / len(ordered)


def _judged(
    panel: str, trials: Trials, fold: NDArray[np.int_], chance: Array, *, forward: bool = False
) -> pd.DataFrame:
    """All forecasters on the same trials; ``fold`` is what a recalibration may not learn from."""
    readings = [[rule(course) for rule in RULES.values()] for course in trials.courses()]
    cell = 100 * trials.left + (trials.origin - trials.base)
    unknown = np.full(len(trials), np.nan)
    common = {
        "panel": panel, "protocol": trials.protocol, "trial": np.arange(len(trials)), "group": trials.row,
        "origin": trials.origin, "horizon": trials.left, "used": trials.used.round(2), "setting": trials.setting,
        "met": trials.met,
    }  # fmt: skip

    def row(name: str, quantity: Array, badge: Array, then: Array, crossed: Array) -> pd.DataFrame:
        made = {"forecaster": name, "quantity": quantity, "badge": badge, "forward": then, "crossed": crossed}
        return pd.DataFrame(common | made)

    def crossed(quantity: Array) -> Array:
        return recalibrated(quantity, cell, trials.met, fold)

    own = (chance, crossed(chance)) if forward else (unknown, chance)
    frames = [row(QDECON, chance, (chance >= 0.5).astype(float), *own)]
    for place, name in enumerate(RULES):
        quantity, badge = (
            np.array([np.nan if (value := getattr(each[place], field)) is None else value for each in readings], float)
            for field in ("quantity", "on_track")
        )
        then = recalibrated(quantity, cell, trials.met, fold, trials.origin, trials.deadline) if forward else unknown
        frames.append(row(name, quantity, badge, then, crossed(quantity)))
    return pd.concat(frames)


def _badge_scores(made: pd.DataFrame) -> dict[str, float]:
    met, badge = made["met"].to_numpy(float), made["badge"].to_numpy()
    told = np.isfinite(badge)
    return {
        "n": len(made), "rate": float(met.mean()), "judged": float(told.mean()),
        "hit_rate": float((badge == met)[told].mean()) if told.any() else np.nan,
        "brier_badge": float(np.square(badge - met)[told].mean()) if told.any() else np.nan,
    }  # fmt: skip


def _compared(made: pd.DataFrame, own: pd.Series[float], knowledge: str) -> dict[str, float]:
    """Brier score, skill and the difference from qdecon on the trials that both give a probability for."""
    made = made[made[knowledge].notna() & own.notna()]
    if not len(made):
        return {"compared": 0}
    loss = np.square(made[knowledge] - made["met"])
    more = (loss - np.square(own[made.index] - made["met"])).to_numpy()
    rate, brier = float(made["met"].mean()), float(loss.mean())
    low, high = _resampled(more, made["group"].to_numpy())
    skill = 1 - brier / (rate * (1 - rate)) if 0 < rate < 1 else np.nan
    return {
        "compared": len(made), "brier": brier, "skill": skill, "more": float(more.mean()), "low": low, "high": high
    }  # fmt: skip


def _resampled(values: Array, group: NDArray[np.int_]) -> tuple[float, float]:
    """95 % interval of a mean from resampling whole groups; NaN for a single group."""
    _, place = np.unique(group, return_inverse=True)
    if not len(values) or place.max() < 1:
        return float("nan"), float("nan")
    sums, counts = np.bincount(place, weights=values), np.bincount(place)
    picks = np.random.default_rng(SEED).integers(len(sums), size=(DRAWS, len(sums)))
    low, high = np.quantile(sums[picks].sum(axis=1) / counts[picks].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)
