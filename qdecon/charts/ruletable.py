"""What the figure of the published rules shows, as a table and in words: break-evens, the finding, the task ahead."""

from __future__ import annotations

from math import floor, inf, log10, nan
from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.charts.titles import credit_line
from qdecon.charts.words import PRICES, estimate, figure, round_amount, unit_name
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.rules.breakeven import break_even, silence
from qdecon.rules.panel import NAMES
from qdecon.verdict.wording import chance as odds
from qdecon.verdict.wording import day, joined, listed, percent, plain

if TYPE_CHECKING:
    from qdecon.plan import Language
    from qdecon.rules.panel import RulePanel
    from qdecon.rules.reading import Reading
    from qdecon.verdict.record import Interval

MEMORY = "*"  # after the name of a rule whose arithmetic is known from memory only
COLUMNS = "series rule label_zh label_en value lo80 hi80 on_track text_zh text_en note_zh note_en evidence".split()
WORDS = {True: Bilingual("在轨", "on track"), False: Bilingual("不在轨", "not on track")}
EVERY = {
    True: Bilingual("任意", "any"),
    False: Bilingual("无", "none"),
}  # without a break-even: which targets pass

SHARED = Bilingual("各方法的公式互有重合，不是相互独立的意见。", "Rules share formulas and are not independent votes.")
CUT = Bilingual("横轴不从零开始。", "Axis does not start at zero.")
FROM_MEMORY = Bilingual(
    f"{MEMORY}公式或分级界限凭记忆写出，未与原文核对。",
    f"{MEMORY} Formula or cut-offs from memory, not checked against the source.",
)


def frame_rules(panel: RulePanel, *, interval: Interval | None = None, chance: float | None = None) -> pd.DataFrame:
    """Tabulate what :func:`qdecon.charts.rules.chart_rules` draws.

    Parameters
    ----------
    panel : RulePanel
    interval : Interval, optional
        Projected for the deadline.
    chance : float, optional
        Of meeting the target.

    Returns
    -------
    DataFrame
        From the rule that would go farthest down: ``series`` is ``rule``, ``left out``, ``own``, ``latest`` or
        ``target``; ``value`` is a break-even, a median or a figure, ``lo80 hi80`` an interval, ``text_zh text_en`` the
        number written, ``note_zh note_en`` why a rule has no verdict, or the chance; ``evidence`` says how the
        arithmetic of a rule is known.

    Raises
    ------
    NotAvailable
        If there is no target ahead, or no rule judges it.
    """
    course, subject = panel.course, panel.subject
    if course.target is None or course.left <= 0 or not panel.judging:
        raise NotAvailable("no rule judges a target ahead", "argument panel", "choose a target with time left")
    turns = break_even(panel).values
    rows = sorted(
        (_rule(name, each, turns[name]) for name, each in panel.by_name.items()),
        key=lambda row: _rank(row, course.sign),
    )
    if interval is not None:
        label, note = Bilingual("qdecon：中位数和80%区间", "qdecon: median, 80% interval"), Bilingual("", "")
        if chance is not None:
            note = Bilingual(f"达标可能性{odds(chance).zh}", f"chance to reach it {odds(chance).en}")
        rows.append(_row("own", label, interval.median, note=note, lo80=interval.lo80, hi80=interval.hi80))
    last, aim = (
        Bilingual(figure(value, subject.unit, "zh"), figure(value, subject.unit, "en"))
        for value in (course.last, course.target)
    )
    latest = Bilingual(f"{course.years[-1]}年{last.zh}", f"{last.en} in {course.years[-1]}")
    rows.append(_row("latest", latest, course.last))
    rows.append(_row("target", Bilingual(f"目标{aim.zh}", f"target {aim.en}"), course.target))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for language in LANGUAGES:
        frame[f"text_{language}"] = [
            "" if row.series not in ("rule", "own")
            else number(row.value, subject.unit, language) if row.value == row.value
            else EVERY[bool(row.on_track)][language]
            for row in frame.itertuples()
        ]  # fmt: skip
    return frame


def _row(
    series: str, label: Bilingual, value: float | None, note: Bilingual | None = None, **more: Any
) -> dict[str, Any]:
    """A row of the table; what is not named stays empty."""
    told = note or Bilingual("", "")
    row = {"series": series, "rule": "", "evidence": "", "on_track": None, "value": nan if value is None else value}
    words = {"label_zh": label.zh, "label_en": label.en, "note_zh": told.zh, "note_en": told.en}
    return row | words | {"lo80": nan, "hi80": nan} | more


def _rule(name: str, reading: Reading, turn: float | None) -> dict[str, Any]:
    if reading.on_track is None:
        return _row("left out", NAMES[name], None, silence(name, reading), rule=name, evidence=reading.evidence)
    mark = MEMORY if reading.evidence == "memory" else ""
    label = Bilingual(NAMES[name].zh + mark, NAMES[name].en + mark)
    return _row("rule", label, turn, rule=name, evidence=reading.evidence, on_track=reading.on_track)


def _rank(row: dict[str, Any], sign: int) -> tuple[bool, bool, float]:
    """Rules that judge first, yes before no, the most generous first."""
    value, yes = row["value"], bool(row["on_track"])
    return row["series"] != "rule", not yes, -sign * value if value == value else -inf if yes else inf


def number(value: float, unit: str, language: Language) -> str:
    """Write a computed number without its unit: money as elsewhere, per cent with two decimals, else four digits.

    Examples
    --------
    >>> number(20552.8, "亿元", "en"), number(166.0, "", "en"), number(27.4321, "%", "zh")
    ('2,055.3', '166.0', '27.43%')
    """
    if unit == "亿元":
        return estimate(value, unit, language, named=False)
    decimals = 2 if unit == "%" else max(0, 3 - floor(log10(abs(value)))) if value else 0
    return f"{value:,.{decimals}f}".replace("-", "−") + ("%" if unit == "%" else "")


def headline_rules(panel: RulePanel, language: Language) -> str:
    """The finding: how many of the rules that judge say on track."""
    (yes, asked), course, chinese = panel.agreement, panel.course, language == "zh"
    aim = round_amount(course.target or 0.0, panel.subject.unit, language).strip()
    goal = f"{course.deadline}年{aim}的目标" if chinese else f"{aim} by {course.deadline}"
    if 0 < yes < asked:
        one = f"{asked}种公开方法中，{yes}种判定{goal}在轨"
        return one if chinese else f"{yes} of {asked} published rules say on track: {goal}"
    word = WORDS[yes > 0][language]
    if chinese:
        return (f"{asked}种公开方法一致：" if asked > 1 else "唯一可用的公开方法判定：") + goal + word
    who = f"All {asked} published rules agree" if asked > 1 else "The one published rule that applies"
    return f"{who}: {goal} is {word}"


def need_rules(panel: RulePanel, language: Language) -> str:
    """The task: what is needed from now, and its multiple of what there was; empty where that makes no sense.

    Examples
    --------
    >>> import qdecon as qd
    >>> from qdecon.rules.panel import read_target
    >>> city = qd.load("qingdao")
    >>> need_rules(read_target(city, city.plan.target("t06-2028")), "en")
    'Needs nominal growth of 4.4% a year from 2025, 0.88 times the 5.0% a year since 2024'
    """
    course, multiple, share = panel.course, panel.multiple, panel.course.kind == "share"
    if course.reached or panel.needed is None or panel.past is None:
        return ""
    ahead, before = ((plain(pace) if share else percent(pace)).replace("-", "−") for pace in (panel.needed, panel.past))
    nominal, start, base = panel.subject.price_basis == "current" and not share, course.years[-1], course.years[0]
    if language == "zh":
        points, kind = "个百分点" if share else "", "每年变动" if share else f"年均{'名义' if nominal else ''}增长"
        then = f"{base}年以来每年{before}{points}"
        past = f"是{then}的{multiple:.2f}倍" if multiple is not None and multiple > 0 else f"而{then}"
        return f"从{start}年起需{kind}{ahead}{points}，{past}"
    points, kind = " points" if share else "", "a change of" if share else f"{'nominal ' if nominal else ''}growth of"
    then = f"{before}{points} a year since {base}"
    past = f"{multiple:.2f} times the {then}" if multiple is not None and multiple > 0 else f"against {then}"
    return f"Needs {kind} {ahead}{points} a year from {start}, {past}"


def measure_rules(panel: RulePanel, language: Language) -> str:
    """What the dots are: measure, indicator, place, unit and price basis."""
    course, subject, up = panel.course, panel.subject, panel.course.direction == "up"
    prices = PRICES.get(subject.price_basis) if subject.unit == "亿元" else None
    tail = [unit_name(subject.unit, language), prices[language] if prices else ""]
    if language == "zh":
        about = "，".join(part for part in (subject.place.zh + subject.name.zh, *tail) if part)
        dots = f"每种方法仍判为在轨的{course.deadline}年最{'高' if up else '低'}目标值"
        return "；".join(part for part in (dots, about) if part)
    about = ", ".join(part for part in (subject.name.en, subject.place.en, *tail) if part)
    dots = f"{'Highest' if up else 'Lowest'} target for {course.deadline} that each rule would still call on track"
    return "; ".join(part for part in (dots, about) if part)


def silent_rules(frame: pd.DataFrame, language: Language) -> str:
    """Rules without a verdict, put together by reason; empty if there are none."""
    groups = frame[frame["series"] == "left out"].groupby(f"note_{language}", sort=False)[f"label_{language}"]
    colon, stop = ("：", "；") if language == "zh" else (": ", "; ")
    text = stop.join(reason + colon + listed(list(own), language) for reason, own in groups)
    if not text:
        return ""
    return f"没有结论的方法。{text}。" if language == "zh" else f"Rules without a verdict. {text[0].upper()}{text[1:]}."


def foot_rules(panel: RulePanel, frame: pd.DataFrame, language: Language) -> str:
    """Source, as-of date, and what to keep in mind."""
    subject, parts = panel.subject, []
    if subject.as_of is not None:
        who, when = credit_line(subject.credits, language, subject.as_of), day(subject.as_of)
        parts.append(Bilingual(f"资料来源：{who}。截至{when.zh}。", f"Source: {who}. As of {when.en}."))
    parts.append(SHARED)
    parts += [CUT] if frame["value"].min() > 0 else []
    parts += [FROM_MEMORY] if (frame["series"].eq("rule") & frame["evidence"].eq("memory")).any() else []
    return joined(*parts)[language]


def alt_rules(panel: RulePanel, frame: pd.DataFrame, language: Language) -> str:
    """Text alternative: the finding, the task, every break-even with its verdict, and who has none."""
    comma, stop = ("，", "。") if language == "zh" else (", ", ". ")
    parts = ["点图" if language == "zh" else "Dot plot"]
    parts += [headline_rules(panel, language), need_rules(panel, language), measure_rules(panel, language)]
    for row in frame[frame["series"] != "left out"].itertuples():
        said = WORDS[bool(row.on_track)] if row.series == "rule" else Bilingual(row.note_zh, row.note_en)
        told = (getattr(row, f"label_{language}"), getattr(row, f"text_{language}"), said[language])
        parts.append(comma.join(part for part in told if part))
    silent = silent_rules(frame, language)
    return (stop.join(part for part in parts if part) + stop + silent).strip()
