"""One published figure: its name, what it says, what it draws, and how to draw it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.charts import (
    chart_base_rate,
    chart_history,
    chart_rules,
    chart_scorecard,
    chart_shortfall,
    chart_specification,
    chart_trajectory,
    frame_base_rate,
    frame_history,
    frame_rules,
    frame_scorecard,
    frame_shortfall,
    frame_specification,
    frame_trajectory,
    headline,
)
from qdecon.charts.alternative import alt_text
from qdecon.charts.table import alt_scorecard, headline_scorecard
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.scrutiny.baserate import GrowthBaseRate
from qdecon.verdict.record import rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qdecon.charts import Chart
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.scrutiny import Dossier
    from qdecon.verdict import Scorecard, Verdict

DATA = Bilingual("图中数据见同名CSV文件。", "The data drawn are in the CSV file of the same name.")


@dataclass(frozen=True)
class Sheet:
    """One figure and everything that is published with it.

    Attributes
    ----------
    slug : str
        Name of its files.
    title, alt : Bilingual
    facts : dict
        What the stamp says of the verdict, rounded at the rim.
    frame : pandas.DataFrame
        Exactly what is drawn.
    draw : callable
        From language and size to a chart.
    """

    slug: str
    title: Bilingual
    alt: Bilingual
    facts: dict[str, Any]
    frame: pd.DataFrame
    draw: Callable[[Language, SizeName], Chart]

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all files of this figure."""
        images = (
            f"{self.slug}.{language}.{end}" for language in ("zh", "en") for end in ("svg", "pdf", "png", "column.png")
        )
        return (*images, f"{self.slug}.csv", f"{self.slug}.json")

    def table(self) -> str:
        """The drawn data as CSV, rounded at the rim."""
        return str(rim(self.frame).to_csv(index=False, lineterminator="\n"))


def rim(frame: pd.DataFrame) -> pd.DataFrame:
    """Round computed numbers: probabilities to 3 decimals, values to 6 digits; published figures stay as printed.

    Examples
    --------
    >>> import pandas as pd
    >>> rim(pd.DataFrame({"value": [10495.54, 18646.7295], "probability": [0.08149, None]})).values.tolist()
    [[10495.54, 0.081], [18646.7, nan]]
    """
    out = frame.copy()
    for name in out.select_dtypes("float").columns:
        if name == "probability":
            out[name] = out[name].round(3)
        else:
            out[name] = [value if pd.isna(value) else rounded(value) for value in out[name]]
    return out


def sheets(scorecard: Scorecard, dossiers: Sequence[Dossier] = ()) -> tuple[Sheet, ...]:
    """Figures of the headline targets that have figures to draw, of the scorecard, and of dossiers."""
    headlines = [
        verdict for verdict in scorecard.verdicts if verdict.target.headline and verdict.trajectory is not None
    ]
    around = [sheet for each in dossiers for sheet in _dossier_sheets(each)]
    return (*(_target_sheet(verdict) for verdict in headlines), _scorecard_sheet(scorecard), *around)


def _dossier_sheets(dossier: Dossier) -> Iterator[Sheet]:
    """What surrounds a verdict that is or was a forecast; readings and precedents only while it is open."""
    history, shortfall, rules, rate = dossier.history, dossier.shortfall, dossier.rules, dossier.base_rate
    verdict, readings = dossier.verdict, dossier.sensitivity
    name, is_open = verdict.target.id, verdict.probability_kind == "forecast"
    if "chance" in set(frame_history(history)["series"]):
        yield _surrounding(f"{name}-history", dossier, frame_history(history), partial(chart_history, history))
    if shortfall is not None and shortfall.latest.kind == "published":
        yield _surrounding(
            f"{name}-shortfall", dossier, frame_shortfall(shortfall), partial(chart_shortfall, shortfall)
        )
    if rules is not None and is_open:
        own, chance = verdict.projected, verdict.probability
        frame = frame_rules(rules, interval=own, chance=chance)
        yield _surrounding(f"{name}-rules", dossier, frame, partial(chart_rules, rules, interval=own, chance=chance))
    if readings.readings and is_open:
        frame = frame_specification(readings)
        yield _surrounding(f"{name}-specification", dossier, frame, partial(chart_specification, readings))
    if isinstance(rate, GrowthBaseRate) and is_open:
        yield _surrounding(f"{name}-base-rate", dossier, frame_base_rate(rate), partial(chart_base_rate, rate))


def _surrounding(slug: str, dossier: Dossier, frame: pd.DataFrame, draw: Callable[..., Chart]) -> Sheet:
    zh, en = (draw(language) for language in LANGUAGES)
    return Sheet(
        slug=slug,
        title=Bilingual(zh.title, en.title),
        alt=Bilingual(f"{zh.alt}{DATA.zh}", f"{en.alt} {DATA.en}"),
        facts={"id": dossier.target.id, "as_of": dossier.verdict.as_of.isoformat()},
        frame=frame,
        draw=lambda language, size: draw(language, size=size),
    )


def _target_sheet(verdict: Verdict) -> Sheet:
    frame = frame_trajectory(verdict)
    facts = verdict.to_record()
    wanted = ("id", "status", "probability", "probability_kind", "value", "projected", "evidence", "as_of", "sources")

    return Sheet(
        slug=f"{verdict.target.id}-{(verdict.target.indicator or '').replace('_', '-')}",
        title=Bilingual(headline(verdict, "zh"), headline(verdict, "en")),
        alt=Bilingual(alt_text(verdict, frame, "zh") + DATA.zh, f"{alt_text(verdict, frame, 'en')} {DATA.en}"),
        facts={name: facts[name] for name in wanted},
        frame=frame,
        draw=lambda language, size: chart_trajectory(verdict, language, size=size),
    )


def _scorecard_sheet(scorecard: Scorecard) -> Sheet:
    frame = frame_scorecard(scorecard)
    return Sheet(
        slug="scorecard",
        title=Bilingual(headline_scorecard(frame, "zh"), headline_scorecard(frame, "en")),
        alt=Bilingual(
            alt_scorecard(scorecard, frame, "zh") + DATA.zh, f"{alt_scorecard(scorecard, frame, 'en')} {DATA.en}"
        ),
        facts={"id": "scorecard", "counts": dict(scorecard.counts()), "as_of": scorecard.as_of.isoformat()},
        frame=frame,
        draw=lambda language, size: chart_scorecard(scorecard, language, size=size),
    )
