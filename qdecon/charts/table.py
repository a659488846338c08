"""The rows of the scorecard figure, in one tidy table: exactly what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.charts.words import estimate, figure, status_word
from qdecon.plan import LANGUAGES
from qdecon.verdict.wording import amount, chance, day

if TYPE_CHECKING:
    from qdecon.plan import Language
    from qdecon.verdict.card import Scorecard
    from qdecon.verdict.record import Verdict

ORDER = ("met", "on_track", "uncertain", "off_track", "missed", "not_published", "not_assessable")
SIGN = {"at_least": "≥", "more_than": ">", "at_most": "≤", "about": "≈"}


def frame_scorecard(scorecard: Scorecard) -> pd.DataFrame:
    """Tabulate what :func:`chart_scorecard` draws.

    Returns
    -------
    pandas.DataFrame
        One row a reading, in the order drawn: by status, then as in the plan. ``place`` is ``row`` (a line of its own)
        or ``list`` (a clause without a figure, named only); ``counted`` tells which rows the counts of the title hold.
        ``ratio`` is the published value as a part of the target; ``median``, ``lo80`` and ``hi80`` are those of the
        projected value. The other columns are the words drawn.
    """
    records = [_record(verdict) for verdict in scorecard.verdicts]
    frame = pd.DataFrame(records)
    frame["rank"] = frame["status"].map({status: rank for rank, status in enumerate(ORDER)})
    frame = frame.sort_values(["rank"], kind="stable", ignore_index=True).drop(columns="rank")
    numbers = ["target", "value", "ratio", "median", "lo80", "hi80", "probability"]
    return frame.astype(dict.fromkeys(numbers, float))


def _record(verdict: Verdict) -> dict[str, Any]:
    target, span = verdict.target, verdict.projected
    year, value = _reading(verdict)
    whole = target.value or float("nan")
    record: dict[str, Any] = {
        "id": target.id,
        "status": verdict.status,
        "place": "row" if target.group in ("numeric", "enterprise") else "list",
        "counted": target.counted and target.group == "numeric",
        "deadline": f"{target.years[0]}–{target.years[-1]}" if target.years else str(target.deadline or ""),
        "target": target.value,
        "value": value,
        "unit": target.unit or "",
        "ratio": None if value is None else value / whole,
        "median": None if span is None else span.median / whole,
        "lo80": None if span is None else span.lo80 / whole,
        "hi80": None if span is None else span.hi80 / whole,
        "probability": verdict.probability,
        "probability_kind": verdict.probability_kind or "",
    }
    for language in LANGUAGES:
        record[f"label_{language}"] = target.label[language]
        record[f"asked_{language}"] = _asked(verdict, language)
        record[f"found_{language}"] = _found(verdict, year, value, language)
        record[f"chance_{language}"] = "" if verdict.probability is None else _odds(verdict, language)
    return record


def _reading(verdict: Verdict) -> tuple[int | None, float | None]:
    """Year and value published: at the deadline, or the latest year of a target for every year."""
    if verdict.value is not None:
        return verdict.target.deadline, verdict.value
    known = [(reading.year, reading.value) for reading in verdict.years if reading.value is not None]
    return known[-1] if known else (None, None)


def _asked(verdict: Verdict, language: Language) -> str:
    target = verdict.target
    if target.value is None or target.comparator is None:
        return ""
    return f"{SIGN[target.comparator]} {amount(target.value, target.unit or '', language)}"


def _found(verdict: Verdict, year: int | None, value: float | None, language: Language) -> str:
    """What is known of the figure asked for, in its unit: published, projected, capped, or nothing."""
    unit, chinese = verdict.target.unit or "", language == "zh"
    if value is not None:
        text = figure(value, unit, language)
        if verdict.value is not None:
            return text
        return f"{text}（{year}年）" if chinese else f"{text} ({year})"
    if verdict.projected is not None:
        text = estimate(verdict.projected.median, unit, language, named=False)
        if verdict.status == "not_published":
            return f"推算{text}" if chinese else f"estimated {text}"
        return f"预测{text}" if chinese else f"projected {text}"
    if verdict.trajectory is not None and not verdict.trajectory.bounds.empty:
        cap = verdict.trajectory.bounds.iloc[-1]
        text = estimate(float(cap["value"]), unit, language, named=False)
        return f"{cap['year']}年至多{text}" if chinese else f"at most {text} in {cap['year']}"
    if verdict.status == "missed":
        return "由上限判定" if chinese else "settled by a bound"
    return ""


def _odds(verdict: Verdict, language: Language) -> str:
    return chance(verdict.probability or 0.0)[language]


def tally(frame: pd.DataFrame) -> dict[str, int]:
    """Counted targets by status, in the order drawn, without empty ones."""
    counts = frame.loc[frame["counted"], "status"].value_counts()
    return {status: int(counts[status]) for status in ORDER if status in counts}


def headline_scorecard(frame: pd.DataFrame, language: Language) -> str:
    """Finding of a scorecard: how many targets with a figure stand where."""
    counts = tally(frame)
    total = sum(counts.values())
    if language == "zh":
        parts = [f"{count}项{status_word(status, 'zh')}" for status, count in counts.items()]
        return f"{total}项有数字的目标：" + "，".join(parts)
    parts = [f"{count} {status_word(status, 'en')}" for status, count in counts.items()]
    return f"{total} target{'' if total == 1 else 's'} with a figure: " + ", ".join(parts)


def alt_scorecard(scorecard: Scorecard, frame: pd.DataFrame, language: Language) -> str:
    """Text alternative of the scorecard figure."""
    plan, chinese = scorecard.plan, language == "zh"
    rest = int((frame["place"] == "list").sum())
    groups = []
    for status in tally(frame):
        own = frame[(frame["status"] == status) & frame["counted"]]
        word = status_word(status, language)
        names = own[f"label_{language}"]
        groups.append(f"{word}：{'、'.join(names)}。" if chinese else f"{word.capitalize()}: {', '.join(names)}.")
    when = day(scorecard.as_of)[language]
    parts = [
        f"表格式点图：{plan.place.zh}方案各项目标的判断，截至{when}。"
        if chinese
        else f"Table with dots: verdicts on the targets of {plan.place.en}'s plan as of {when}.",
        headline_scorecard(frame, language) + ("。" if chinese else "."),
        *groups,
    ]
    if rest:
        parts.append(f"另有{rest}条条款没有数字。" if chinese else f"{rest} further clauses have no figure.")
    return ("" if chinese else " ").join(parts)
