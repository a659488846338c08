"""How far revisions move a verdict: the same question asked of two vintages of the same figures.

Other records here replay forecasts on revised figures, which is easier than forecasting was. Two vintages of cities
allow a check: GDP as held in 2019 (1999 to 2017) and as held in 2026. They differ in nine cities of 36, in one by more
than a third. At the last year of the first vintage each city is given a planner's target, the average growth of its
last five years repeated (or outdone), and judged by either vintage. Levels of two vintages never meet: targets and
outcomes are growth since the origin, and outcomes are formed inside one basis of the later vintage. One year ahead most
cities have such a basis; further ahead the four municipalities alone.

Provinces have two vintages of one year, 2024, preliminary and final. Their verdicts can be compared; no outcome is
known yet. The nation and other countries are held in one vintage, which both sides use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qdecon.errors import NotAvailable
from qdecon.models import default_model
from qdecon.plan import Bilingual
from qdecon.projection import (
    ABROAD_FIRST,
    CITY_FIRST,
    FEWEST,
    NATION_FIRST,
    combine,
    growth_of,
    moved,
    own_spread,
    reference_class,
)
from qdecon.replay.peers import CITY_LAST, HORIZON, PROVINCE_FIRST
from qdecon.replay.scores import brier_score
from qdecon.verdict.outlook import status_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qdecon.data import Dataset, Panel
    from qdecon.models import Array
    from qdecon.projection import History

FIRST_VINTAGE, CITY_ORIGIN, PROVINCE_ORIGIN = "annual2019", 2017, 2024
PAST = 5  # years whose growth the planner repeats
FEWEST_SCORED = 10  # outcomes for an interval
DRAWS, SEED = 2000, 20220505


@dataclass(frozen=True)
class RealTime:
    """Verdicts of two vintages on the same targets.

    Attributes
    ----------
    cases : DataFrame
        One row a place and horizon: ``panel place horizon needed first later outcome``. ``needed`` and ``outcome`` are
        growth since the origin, in logs; ``first`` and ``later`` the probabilities by vintage; outcome is NaN where no
        basis of the later vintage spans it.
    """

    cases: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """One row a panel and horizon.

        Returns
        -------
        DataFrame
            ``panel horizon n difference largest turned``: mean and largest absolute difference of the probabilities,
            share of verdicts with another status. With outcomes also ``scored``, their number; ``brier_first`` and
            ``brier_later``, the Brier scores; ``worse``, how much worse the first vintage scored; and for each of the
            three its 95 % interval from resampling places, ``low_`` and ``high_``, if there are at least ten.
        """
        draw = np.random.default_rng(SEED)
        rows = []
        for (panel, horizon), group in self.cases.groupby(["panel", "horizon"], sort=True):
            apart = (group["first"] - group["later"]).abs()
            turned = group["first"].map(status_of) != group["later"].map(status_of)
            known = group.dropna(subset="outcome")
            event = (known["outcome"] >= known["needed"]).to_numpy(dtype=float)
            first, later = (brier_score(known[name].to_numpy(), event) for name in ("first", "later"))
            row = {
                "panel": panel, "horizon": horizon, "n": len(group), "difference": apart.mean(),
                "largest": apart.max(), "turned": turned.mean(), "scored": len(known),
            }  # fmt: skip
            picks = draw.integers(max(len(known), 1), size=(DRAWS, len(known)))
            for name, loss in (("brier_first", first), ("brier_later", later), ("worse", first - later)):
                enough = len(known) >= FEWEST_SCORED
                low, high = np.quantile(loss[picks].mean(axis=1), [0.025, 0.975]) if enough else (np.nan, np.nan)
                row |= {name: loss.mean() if len(known) else np.nan, f"low_{name}": low, f"high_{name}": high}
            rows.append(row)
        return pd.DataFrame(rows)

    @property
    def sentence(self) -> Bilingual:
        """The result for cities one year ahead, which alone has enough outcomes, and for provinces."""
        table = self.summary().set_index(["panel", "horizon"])
        near, far = table.loc[("cities", 1)], table.loc[("provinces", HORIZON)]
        many = f"{near.turned:.0%}"
        turned = Bilingual(f"{many}的判断改变", f"{many} of the verdicts change")
        if not near.turned:
            turned = Bilingual("没有一项判断改变", "no verdict changes")
        return Bilingual(
            f"同是截至{CITY_ORIGIN}年的数字，按旧版本和修订后的版本，{near.n:.0f}个城市一年后达标的可能性平均相差"
            f"{100 * near.difference:.1f}个百分点（最多{100 * near.largest:.0f}个），{turned.zh}；布里尔得分为"
            f"{near.brier_first:.3f}和{near.brier_later:.3f}（{near.scored:.0f}个结果，相差{near.worse:+.3f}，95%区间"
            f"{near.low_worse:+.3f}至{near.high_worse:+.3f}）。{far.n:.0f}个省份按{PROVINCE_ORIGIN}年的初步数和最终核实数，"
            f"提前{HORIZON}年的可能性平均相差{100 * far.difference:.1f}个百分点，还没有结果可检验。",
            f"By figures up to {CITY_ORIGIN} as first held and as revised later, chances of {near.n:.0f} cities one "
            f"year ahead differ by {100 * near.difference:.1f} points on average (at most {100 * near.largest:.0f}) "
            f"and {turned.en}; the Brier scores are {near.brier_first:.3f} and {near.brier_later:.3f} "
            f"({near.scored:.0f} outcomes, difference {near.worse:+.3f}, 95% interval {near.low_worse:+.3f} to "
            f"{near.high_worse:+.3f}). By preliminary and final figures of {PROVINCE_ORIGIN}, chances of "
            f"{far.n:.0f} provinces {HORIZON} years ahead differ by {100 * far.difference:.1f} points on average; "
            "no outcome is known yet.",
        )


def realtime_test(dataset: Dataset, stretch: float = 0.0) -> RealTime:
    """Judge a planner's target for every city and province by two vintages of its figures.

    Parameters
    ----------
    dataset : Dataset
        Only its peers are read.
    stretch : float
        Yearly growth asked on top of the average of the last five years, as a fraction.

    Returns
    -------
    RealTime

    Raises
    ------
    NotAvailable
        If the peers hold no second vintage on the dataset's date.

    Examples
    --------
    >>> import qdecon as qd
    >>> cases = realtime_test(qd.load("qingdao")).cases
    >>> sorted(cases["panel"].unique())
    ['cities', 'provinces']
    """
    peers, more = dataset.peers, float(np.log1p(stretch))
    cities_twice = any(FIRST_VINTAGE in bases for bases in peers.cities.levels.get("gdp", {}).values())
    if not cities_twice or not any(each.year == PROVINCE_ORIGIN for each in peers.revisions):
        raise NotAvailable(
            "the peers hold no second vintage", f"as of {dataset.as_of}", "load a dataset of 31 March 2026 or later"
        )
    around = growth_of(peers.nation, "gdp", NATION_FIRST), growth_of(peers.countries, "gdp_real", ABROAD_FIRST)
    whole = growth_of(peers.cities, "gdp", CITY_FIRST)
    later = whole.until(CITY_ORIGIN)
    first = growth_of(_only(peers.cities, FIRST_VINTAGE), "gdp", CITY_FIRST).until(CITY_ORIGIN)
    outcomes = np.cumsum(whole.changes[:, CITY_ORIGIN + 1 - CITY_FIRST :], axis=1)
    cities = [_chances(each, each, around, CITY_ORIGIN, first, more, alone=True) for each in (first, later)]
    final = growth_of(peers.provinces, "gdp", PROVINCE_FIRST).until(PROVINCE_ORIGIN)
    early = growth_of(_preliminary(dataset), "gdp", PROVINCE_FIRST).until(PROVINCE_ORIGIN)
    errors = whole.until(CITY_LAST)
    provinces = [_chances(each, errors, around, PROVINCE_ORIGIN, early, more) for each in (early, final)]
    unknown = np.full((len(final.changes), HORIZON), np.nan)
    return RealTime(
        pd.DataFrame(
            [
                *_rows("cities", peers.cities.places, _needed(first, more), cities, outcomes),
                *_rows("provinces", peers.provinces.places, _needed(early, more), provinces, unknown),
            ]
        )
    )


def _only(panel: Panel, basis: str) -> Panel:
    """The panel with one basis of GDP."""
    levels = {place: {basis: bases[basis]} for place, bases in panel.levels["gdp"].items() if basis in bases}
    return replace(panel, levels={"gdp": levels})


def _preliminary(dataset: Dataset) -> Panel:
    """The provinces with the preliminary GDP of the year whose final verification is known too."""
    panel = dataset.peers.provinces
    early = {
        each.place: each for each in dataset.peers.revisions if (each.indicator, each.year) == ("gdp", PROVINCE_ORIGIN)
    }
    levels = {
        place: {
            basis: {
                year: early[place].preliminary if year == PROVINCE_ORIGIN else value for year, value in years.items()
            }
            for basis, years in bases.items()
        }
        for place, bases in panel.levels["gdp"].items()
    }
    return replace(panel, levels={"gdp": levels})


def _needed(first: History, more: float) -> Array:
    """Growth asked 1 to ``HORIZON`` years ahead, in logs, by the vintage the planner had; shape (places, horizons)."""
    yearly: Array = first.changes[:, -PAST:].mean(axis=1) + more  # NaN where one of the years has no growth
    needed: Array = yearly[:, None] * np.arange(1.0, HORIZON + 1)
    return needed


def _chances(
    judged: History, peers: History, around: tuple[History, History], origin: int, first: History, more: float,
    *, alone: bool = False,
) -> Array:  # fmt: skip
    """Probability of the growth needed, by one vintage; ``alone`` leaves a place out of its own reference class.

    Returns
    -------
    ndarray, shape (places, horizons)
        NaN where the place has too few yearly changes.
    """
    model, needed, runs = default_model("account"), _needed(first, more), judged.runs()[:, -1]
    nation, abroad = (each.until(origin) for each in around)
    out = np.full(needed.shape, np.nan)
    for ahead in range(HORIZON):
        reference = reference_class(peers, nation, model, ahead + 1, abroad)
        owners = np.array([place for place, _ in reference.own_key])
        common = reference.common[:, -1] * reference.common_spread
        for place in np.flatnonzero((runs >= FEWEST) & ~np.isnan(needed[:, ahead])):
            past = judged.changes[place, -runs[place] :]
            own = reference.own[owners != place if alone else slice(None), -1]
            errors = combine(own * own_spread(past, model, reference.spread), common)
            out[place, ahead] = np.mean(
                moved(model, past[None, :], ahead + 1)[0][0, -1] + errors >= needed[place, ahead]
            )
    return out


def _rows(
    panel: str, places: tuple[str, ...], needed: Array, chances: list[Array], outcomes: Array
) -> Iterator[dict[str, object]]:
    """One row a place and horizon that both vintages can judge."""
    first, later = chances
    for place, ahead in np.argwhere(~np.isnan(first) & ~np.isnan(later)):
        yield {
            "panel": panel, "place": places[place], "horizon": int(ahead) + 1, "needed": needed[place, ahead],
            "first": first[place, ahead], "later": later[place, ahead], "outcome": outcomes[place, ahead],
        }  # fmt: skip
