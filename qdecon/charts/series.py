"""The numbers and labels of a trajectory figure, in one tidy table: exactly what is drawn."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.charts.words import STATE, estimate, figure
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES
from qdecon.verdict.wording import amount, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qdecon.plan import Language
    from qdecon.verdict.record import Trajectory, Verdict

YEARS_DRAWN = 12  # more squeeze the years that matter
FEW = 4  # so many published figures are all labelled
NAN = float("nan")
BLANK: dict[str, Any] = {
    "series": "", "year": 0, "value": NAN, "lo80": NAN, "hi80": NAN, "lo95": NAN, "hi95": NAN, "lo": NAN, "hi": NAN,
    "state": "", "basis": "", "source": "", "unit": "", "label_zh": "", "label_en": "",
}  # fmt: skip


def frame_trajectory(verdict: Verdict) -> pd.DataFrame:
    """Tabulate what :func:`chart_trajectory` draws.

    Parameters
    ----------
    verdict : Verdict
        With a trajectory.

    Returns
    -------
    pandas.DataFrame
        One row a mark. ``series`` is ``observed``, ``basis`` (a note where the statistical basis changes), ``bound``
        (a ceiling), ``part`` (a published part of the year, a bar from zero), ``partial`` (``lo`` to ``hi``, the year
        estimated from it), ``projection`` (median in
        ``value``, with its intervals; the first row is the published figure it starts from), ``needed`` (path to the
        target) or ``target``. Values are in ``unit``; the labels are the words drawn, a line break between lines.

    Raises
    ------
    NotAvailable
        If the verdict has no trajectory.
    """
    trajectory = _recent(drawn(verdict))
    records = [
        *_observed(trajectory),
        *_ranges(trajectory),
        *_projection(trajectory, assumed=verdict.assumed is not None),
        *_needed(trajectory),
        _target(trajectory, verdict),
    ]
    numbers = [name for name, value in BLANK.items() if value is NAN]
    return pd.DataFrame([BLANK | record for record in records]).astype(dict.fromkeys(numbers, float))


def rows(frame: pd.DataFrame, series: str | None = None) -> list[Any]:
    """Rows of a table as records, of one series if named."""
    kept = frame if series is None else frame[frame["series"] == series]
    # Several times as fast as named tuples, whose class is made anew at every call.
    return [SimpleNamespace(**record) for record in kept.to_dict("records")]


def _recent(trajectory: Trajectory) -> Trajectory:
    """The same trajectory, one figure a year on the basis that led then, without the years before the last dozen."""
    ends = [trajectory.target_year, *trajectory.observed["year"], *trajectory.fan["year"]]
    first = max(ends) - YEARS_DRAWN + 1
    observed = leading(trajectory.observed)
    return replace(
        trajectory,
        observed=observed[observed["year"] >= first],
        bounds=trajectory.bounds[trajectory.bounds["year"] >= first],
    )


def leading(observed: pd.DataFrame) -> pd.DataFrame:
    """Keep one figure a year: that of the basis that led then.

    A basis takes over in its first year after which no older basis knows a year that it does not; single back-revised
    years before that stay out of the drawing.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"year": [2012, 2012, 2017, 2018, 2018, 2019], "basis": ["a", "b", "a", "a", "b", "b"]})
    >>> leading(table)[["year", "basis"]].values.tolist()
    [[2012, 'a'], [2017, 'a'], [2018, 'b'], [2019, 'b']]
    """
    if observed.empty:
        return observed
    years = {str(basis): set(own) for basis, own in observed.groupby("basis")["year"]}
    kept, older = pd.Series(data="", index=observed["year"].unique(), dtype=object), set[int]()
    for basis in sorted(years, key=lambda name: (max(years[name]), -min(years[name]))):
        own = years[basis]
        start = min((year for year in own if year > max(older - own, default=0)), default=max(own))
        kept[[year for year in own if year >= start]] = basis
        older |= own
    return observed[observed["basis"] == observed["year"].map(kept)].sort_values("year", ignore_index=True)


def drawn(verdict: Verdict) -> Trajectory:
    """Trajectory of a verdict.

    Raises
    ------
    NotAvailable
        If it has none.
    """
    if verdict.trajectory is None:
        raise NotAvailable(
            f"target {verdict.target.id} has no figures to draw",
            "argument verdict",
            "use chart_scorecard, which shows every target",
        )
    return verdict.trajectory


def _observed(trajectory: Trajectory) -> Iterator[dict[str, Any]]:
    table, unit = trajectory.observed, trajectory.unit
    if table.empty:
        return
    few = len(table) <= FEW
    named, seen = {int(table["year"].max()), trajectory.target_year}, set[str]()
    for row in rows(table):
        labels: dict[str, str] = {}
        if few or row.year in named or (row.state in STATE and row.state not in seen):
            seen.add(str(row.state))
            second = STATE.get(str(row.state))
            labels = {
                f"label_{name}": figure(row.value, unit, name) + ("" if second is None else "\n" + second[name])
                for name in LANGUAGES
            }
        yield {
            "series": "observed", "year": row.year, "value": row.value, "state": row.state, "basis": row.basis,
            "source": row.source, "unit": unit, **labels,
        }  # fmt: skip
    starts = table.groupby("basis", sort=False)["year"].min()
    for basis, year in list(starts.items())[1:]:
        yield {
            "series": "basis", "year": year, "basis": basis, "unit": unit,
            "label_zh": f"{year}年起\n新统计口径", "label_en": f"new statistical\nbasis from {year}",
        }  # fmt: skip


def _ranges(trajectory: Trajectory) -> Iterator[dict[str, Any]]:
    unit = trajectory.unit
    last = None if trajectory.bounds.empty else int(trajectory.bounds["year"].max())
    for row in rows(trajectory.bounds):
        labels = {}
        if row.year == last:
            labels = {
                "label_zh": _joined(row.label_zh, estimate(row.value, unit, "zh", named=False)),
                "label_en": _joined(row.label_en, estimate(row.value, unit, "en", named=False)),
            }
        yield {"series": "bound", "year": row.year, "value": row.value, "state": "bound", "unit": unit, **labels}
    for row in rows(trajectory.partial):
        if trajectory.observed.empty:
            yield {
                "series": "part", "year": row.year, "value": row.part, "state": "published", "unit": unit,
                "label_zh": _joined(figure(row.part, unit, "zh"), row.part_zh),
                "label_en": _joined(figure(row.part, unit, "en"), row.part_en),
            }  # fmt: skip
        yield {
            "series": "partial", "year": row.year, "lo": row.lo, "hi": row.hi, "state": "estimated", "unit": unit,
            "label_zh": _joined(_span(row.lo, row.hi, unit, "zh"), row.label_zh),
            "label_en": _joined(_span(row.lo, row.hi, unit, "en"), row.label_en),
        }  # fmt: skip


def _joined(first: str, second: str) -> str:
    return f"{first}\n{second}" if second else first


def _span(low: float, high: float, unit: str, language: Language) -> str:
    between = "至" if language == "zh" else " to "
    return estimate(low, unit, language, named=False) + between + estimate(high, unit, language, named=False)


def _projection(trajectory: Trajectory, *, assumed: bool) -> Iterator[dict[str, Any]]:
    fan, unit = trajectory.fan, trajectory.unit
    if fan.empty:
        return
    start = _start(trajectory, int(fan["year"].min()))
    if start is not None:
        year, value = start
        yield {
            "series": "projection", "year": year, "value": value, "lo80": value, "hi80": value, "lo95": value,
            "hi95": value, "state": "start", "unit": unit,
        }  # fmt: skip
    last = int(fan["year"].max())
    for row in rows(fan):
        labels = {}
        if row.year == last:
            labels = {
                "label_zh": f"中位 {estimate(row.median, unit, 'zh', named=False)}"
                f"\n80%：{_span(row.lo80, row.hi80, unit, 'zh')}\n95%：{_span(row.lo95, row.hi95, unit, 'zh')}"
                + ("\n依假定，不是预测" if assumed else f"\n依{trajectory.errors.zh}以往误差"),
                "label_en": f"median {estimate(row.median, unit, 'en', named=False)}"
                f"\n80%: {_span(row.lo80, row.hi80, unit, 'en')}\n95%: {_span(row.lo95, row.hi95, unit, 'en')}"
                + ("\nas assumed,\nno forecast" if assumed else f"\nbased on past errors\nof {trajectory.errors.en}"),
            }
        yield {
            "series": "projection", "year": row.year, "value": row.median, "lo80": row.lo80, "hi80": row.hi80,
            "lo95": row.lo95, "hi95": row.hi95, "state": "projected", "unit": unit, **labels,
        }  # fmt: skip


def _start(trajectory: Trajectory, before: int) -> tuple[int, float] | None:
    """Year and value of the latest figure before a year, on the newest basis."""
    known = trajectory.observed[trajectory.observed["year"] < before]
    if known.empty:
        return None
    latest = known[known["year"] == known["year"].max()].iloc[-1]
    return int(latest["year"]), float(latest["value"])


def _needed(trajectory: Trajectory) -> Iterator[dict[str, Any]]:
    for row in rows(trajectory.needed):
        yield {"series": "needed", "year": row.year, "value": row.value, "state": "needed", "unit": trajectory.unit}


def _target(trajectory: Trajectory, verdict: Verdict) -> dict[str, Any]:
    year, value, unit, rate = trajectory.target_year, trajectory.target_value, trajectory.unit, verdict.required_growth
    chinese, english = [f"{year}年目标", amount(value, unit, "zh")], [f"{year} target", amount(value, unit, "en")]
    if rate is not None and not trajectory.needed.empty:
        single = year - trajectory.needed["year"].min() == 1
        chinese.append(f"{'一年内需增长' if single else '需每年增长'}{percent(rate)}")
        english.append(f"needs {percent(rate)} {'in one year' if single else 'a year'}")
    return {
        "series": "target", "year": year, "value": value, "state": "target", "unit": unit,
        "source": verdict.target.source, "label_zh": "\n".join(chinese), "label_en": "\n".join(english),
    }  # fmt: skip
