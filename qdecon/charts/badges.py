"""The figures of the scored badges: how far each rule errs beyond qdecon, and what stated probabilities came to.

Rules are compared with qdecon by differences on the same targets, since they do not all judge the same ones: a rule
that is silent on half of them has kept an easier or a harder half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from qdecon.charts.fonts import FAMILY
from qdecon.charts.page import PITCH, open_page
from qdecon.charts.series import rows
from qdecon.charts.style import BAND80, BLUE, INK, QUIET, RULE, drawing, find_size
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.replay.badges import QDECON, BadgeRecord
from qdecon.rules.panel import NAMES
from qdecon.verdict.wording import joined

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import Size, SizeName
    from qdecon.plan import Language
    from qdecon.replay.badges import Knowledge

FEWEST = 0.2  # of the targets: a rule that judged fewer is named below the figure, not drawn
BARE = ", as it is"  # after the name of a forecaster: its yes or no, counted as 100 or 0 %
TALL, APART, ROUND = 1.5, 0.5, 7.0  # font sizes: a row, and all around the rows; rows: what sets qdecon off
PLACES = {"cities": Bilingual("主要城市", "main cities"), "provinces": Bilingual("各省份", "provinces")}
LEARNT = {
    "forward": Bilingual("各方只用当时已知的数字", "each used only what was known then"),
    "crossed": Bilingual("各方都从其他地方或序列学习，不论年份", "each learnt from all other places or series"),
}
ELSE = ("argument knowledge", "choose forward or crossed")
KEY = Bilingual("○ 标牌：是或否　● 重新校准为概率", "○ badge, yes or no   ● recalibrated as a probability")
SCORE = Bilingual(
    "布里尔分：概率与结果之差平方的平均，是计100%，否计0%。重新校准：读数相近的其他案例中达标的比例。"
    "浅条：整地（整条序列）重抽样的95%区间；同一年份各地同涨同落，区间可能偏窄。",
    "Brier score: mean squared distance of probability and outcome, yes being 100%, no 0%. Recalibrated: share met "
    "among other cases with a like reading. Pale bars: 95% intervals over places or series, narrow if these co-move.",
)
CAME = Bilingual("其后达标", "came true")
MADE = Bilingual("目标为检验而设，达标多少由此而定。", "Targets were set for the test: that decides how many are met.")


def frame_badges(record: BadgeRecord, panel: str = "cities", knowledge: Knowledge = "forward") -> pd.DataFrame:
    """Tabulate what :func:`chart_badges` draws.

    Parameters
    ----------
    record : BadgeRecord
    panel : str
        A panel of the record.
    knowledge : {"forward", "crossed"}

    Returns
    -------
    DataFrame
        ``series`` is ``own`` (qdecon, first), ``rate`` (a forecaster that always states the share met), ``rule`` (from
        the lowest difference when recalibrated) or ``silent`` (a rule that judged under a fifth). Each is scored on its
        ``n`` judgements of targets for which all have a probability, a ``share`` of these; ``yes`` of them said on
        track, and a fraction ``came`` of those came true. ``brier_badge`` and ``brier`` are the scores of the badge as
        it is and recalibrated, ``badge badge_low badge_high`` and ``more low high`` what they are above qdecon's on the
        same targets, with 95 % intervals.

    Raises
    ------
    UnknownName
        If there is no such panel.
    NotAvailable
        If there is no such probability, or no rule judged a fifth of the targets.
    """
    panels = list(record.cases["panel"].unique())
    if panel not in panels:
        raise UnknownName(f"unknown panel {panel!r}", "argument panel", f"choose one of {', '.join(panels)}")
    cases = record.cases[record.cases["panel"] == panel]
    known, own = cases[knowledge].notna(), cases["forecaster"] == QDECON
    cases = cases[cases["trial"].isin(np.intersect1d(*(cases.loc[known & whose, "trial"] for whose in (own, ~own))))]
    if cases.empty:
        raise NotAvailable(f"there are no {knowledge} probabilities", *ELSE)
    judged = cases["badge"].notna() & cases[knowledge].notna()
    told = cases.assign(**{knowledge: cases[knowledge].where(judged)})
    bare = told.assign(forecaster=told["forecaster"] + BARE, **{knowledge: told["badge"].where(judged)})
    scores = BadgeRecord(pd.concat([told, bare])).scores(knowledge, ("panel",)).set_index("forecaster")
    names = [QDECON, *(name for name in NAMES if name in scores.index)]
    formed, as_is = (scores.loc[[name + end for name in names]].set_axis(names) for end in ("", BARE))
    whole, rate = formed.at[QDECON, "compared"], float(formed.at[QDECON, "rate"])
    yes = cases[judged & (cases["badge"] == 1)].groupby("forecaster")["met"]
    frame = formed[["brier", "more", "low", "high"]].assign(
        series="rule", n=formed["compared"], share=formed["compared"] / whole, yes=yes.size(), came=yes.mean(),
        brier_badge=as_is["brier"], badge=as_is["more"], badge_low=as_is["low"], badge_high=as_is["high"],
    )  # fmt: skip
    frame.loc[frame["share"] < FEWEST, "series"] = "silent"
    frame.loc[QDECON, "series"] = "own"
    if "rule" not in set(frame["series"]):
        raise NotAvailable(f"no rule judged a fifth of the targets of {panel}", "argument record", "use its scores()")
    always = {"series": "rate", "n": whole, "share": 1.0, "came": rate, "brier": rate * (1 - rate)}
    frame.loc["rate"] = pd.Series(always | {"more": always["brier"] - frame.at[QDECON, "brier"]})
    kinds = [frame[frame["series"] == kind].sort_values("more") for kind in ("own", "rate", "rule", "silent")]
    frame = pd.concat(kinds).fillna({"yes": 0}).astype({"n": int, "yes": int}).rename_axis("forecaster").reset_index()
    labels = [_label(row) for row in rows(frame)]
    return frame.assign(**{f"label_{each}": [label[each] for label in labels] for each in LANGUAGES})


def chart_badges(
    record: BadgeRecord, language: Language = "zh", *, panel: str = "cities", knowledge: Knowledge = "forward",
    size: SizeName = "slide",
) -> Chart:  # fmt: skip
    """Draw the Brier score of every rule above qdecon's: the badge as it is, and recalibrated.

    Parameters
    ----------
    record : BadgeRecord
        From :func:`qdecon.replay.score_badges` or :func:`qdecon.replay.score_badges_across`.
    language : {"zh", "en"}
    panel : str
        A panel of the record.
    knowledge : {"forward", "crossed"}
        What forecasters learn from; series without calendar years have ``crossed`` only.
    size : {"slide", "column", "web", "square"}
        16:9 for a talk, one newspaper column, a page of the web, or a square to share; taller where the rows need it.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    UnknownName
        If there is no such panel or size.
    NotAvailable
        As :func:`frame_badges`.
    """
    frame, look = frame_badges(record, panel, knowledge), find_size(size)
    drawn = rows(frame[frame["series"].isin(["own", "rule"])])
    ruled = (record.cases["panel"] == panel) & (record.cases["forecaster"] != QDECON)
    subject, source = basis(record.cases[ruled], knowledge)
    heads = (_finding(frame), KEY, Bilingual(
        f"布里尔分比qdecon在同一批目标上高多少，越低越好；{subject.zh}，n={drawn[0].n:,}",
        f"Brier score above qdecon's on the same targets, lower is better; {subject.en}; n={drawn[0].n:,}",
    ))  # fmt: skip
    notes, kind = [joined(source, SCORE), joined(MADE, _silent(frame))], Bilingual("点图", "Dot chart")
    with drawing():
        page = surround(look, 0, kind, heads, notes, language)
        lacking = (TALL * (len(drawn) + APART) + ROUND) * look.tick - (page.top - page.bottom)
        page = surround(look, lacking, kind, heads, notes, language) if lacking > 0 else page
        axes = _differences(page, frame, drawn, language)
        for place, row in enumerate(drawn):
            _row(page, axes, row, 0.5 + place + (APART if place else 0), language)
        page.rule((page.left, page.right), page.locate(axes, 0, 1 + APART / 2)[1], RULE, 0.8)
    return page.chart


def _label(row: Any) -> Bilingual:
    """What is written beside a row or a line."""
    if row.series == "own":
        return Bilingual("qdecon（50%起为是）", "qdecon (yes from 50%)")
    if row.series == "rate":
        return Bilingual(f"总说{row.came:.0%}：{row.brier:.3f}", f"always saying {row.came:.0%}: {row.brier:.3f}")
    name, share = NAMES[row.forecaster], f"{row.share:.0%}"
    return name if row.share == 1 else Bilingual(f"{name.zh}，判断{share}", f"{name.en}, judged {share}")


def _finding(frame: pd.DataFrame) -> Bilingual:
    """How often "on track" came true, and whether any form of any rule errs less than qdecon."""
    rules = frame[frame["series"] == "rule"]
    came, count = (rules["yes"] * rules["came"]).sum() / max(rules["yes"].sum(), 1), len(rules)
    better = int(((rules["high"] < 0) | (rules["badge_high"] < 0)).sum())
    alike = count - int(((rules["low"] > 0) & (rules["badge_low"] > 0)).sum())
    than = Bilingual("qdecon的误差小于每种方法的最好形式", "qdecon errs less than every rule's best form")
    if better:
        than = Bilingual(f"{count}种方法中{better}种误差比qdecon小", f"{better} of {count} rules err less than qdecon")
    elif alike:
        than = Bilingual(f"{count}种方法中{alike}种与qdecon难分高下", f"{alike} of {count} rules are level with qdecon")
    said = Bilingual(f"“在轨”{came:.0%}成真", f'"On track" came true {came:.0%} of times')
    return Bilingual(f"{said.zh}；{than.zh}", f"{said.en}; {than.en}")


def place_name(panel: str) -> Bilingual:
    """What a panel is called on a figure."""
    return PLACES.get(panel, Bilingual(panel, panel))


def basis(cases: pd.DataFrame, knowledge: Knowledge) -> tuple[Bilingual, Bilingual]:
    """Which targets were judged, when and on what knowledge; and where the figures come from."""
    known = cases[cases[knowledge].notna()]
    spans = rows(known.groupby("panel")["origin"].agg(first="min", last="max").reset_index())
    name = ", ".join(row.panel for row in spans)
    zh, en, source = f"{name}各年度序列", f"annual series of {name}", Bilingual(f"{name}各序列", f"series of {name}")
    if cases["forward"].notna().any():  # else there are no calendar years
        zh = "和".join(f"{place_name(row.panel).zh}（{row.first}至{row.last}年判断）" for row in spans)
        en = " and ".join(f"{place_name(row.panel).en} (judged {row.first} to {row.last})" for row in spans)
        zh, en, last = f"{zh}地区生产总值（现价）", f"{en}, nominal GDP", (known["origin"] + known["horizon"]).max()
        source = Bilingual(f"国家统计局，数据截至{last}年", f"National Bureau of Statistics, data to {last}")
    what = Bilingual(f"{zh}目标；{LEARNT[knowledge].zh}", f"targets of {en}; {LEARNT[knowledge].en}")
    return what, Bilingual(f"资料来源：{source.zh}。", f"Source: {source.en}.")


def _silent(frame: pd.DataFrame) -> Bilingual | None:
    """Rules that are not drawn."""
    silent = frame[frame["series"] == "silent"]
    zh, en = ("；".join(silent["label_zh"]), "; ".join(silent["label_en"]))
    told = Bilingual(f"不足五分之一，未画出：{zh}。", f"Judged under a fifth, not drawn: {en}.")
    return None if silent.empty else told


def surround(
    look: Size, more: float, kind: Bilingual, heads: tuple[Bilingual, ...], notes: list[Bilingual], language: Language
) -> Page:
    """Open a page, ``more`` points taller than its size, with a finding, two lines below it, and notes."""
    stop = "。" if language == "zh" else ". "
    alt = stop.join(each[language] for each in (kind, *heads)) + stop.strip()
    page = open_page(look, alt, 72 * look.height + more)
    page.rule((page.left, page.right), page.top, BLUE, 1.2 * look.line)
    page.heading(heads[0][language], look.title, BLUE, space=0.35 * look.title)
    page.heading(heads[1][language], look.subtitle, INK, space=0.15 * look.subtitle)
    page.heading(heads[2][language], look.subtitle, QUIET, space=0.1 * look.subtitle)
    page.notes([note[language] for note in notes], look.foot, QUIET, 0.8 * look.foot)
    return page


def _differences(page: Page, frame: pd.DataFrame, drawn: list[Any], language: Language) -> Axes:
    """Open the plot area between names and shares; qdecon and the share met are lines, named above."""
    look, text, label = page.size, page.size.tick, f"label_{language}"
    marks = [*drawn, *rows(frame, "rate")]
    left = page.left + max(page.length(getattr(row, label), text) for row in drawn) + text
    right = page.right - page.length(CAME[language], text) - text
    axes = page.axes(left, page.bottom + 1.8 * text, right, page.top - 3.4 * text)
    ends = np.array([(row.low, row.high, row.more, row.badge_low, row.badge_high, row.badge) for row in marks])
    low, high = np.nanmin(ends), np.nanmax(ends)
    axes.set(xlim=(1.04 * low - 0.04 * high, 1.04 * high - 0.04 * low), ylim=(len(drawn) + APART, 0), yticks=[])
    ticks = [tick for tick in MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:+.2f}".replace("-", "−") if tick else "0" for tick in ticks], fontsize=text)
    quiet_axes(axes, text, ticks)
    above = [page.top - (2.9 - PITCH * place) * text for place in (0, 1)]
    page.text(page.right, above[0], CAME[language], text, QUIET, "right")
    for row, y, colour in zip((marks[0], marks[-1]), above, (BLUE, QUIET), strict=True):
        words = getattr(row, label) if row.series == "rate" else f"qdecon {row.brier:.3f}"
        axes.axvline(row.more, color=colour, linewidth=0.5 * look.line, zorder=1, gid=row.series)
        start = min(page.locate(axes, row.more, 0)[0] - 0.2 * text, right - page.length(words, text))
        page.text(max(left, start), y, words, text, colour)
    return axes


def quiet_axes(axes: Axes, text: float, lines: list[float]) -> None:
    """Thin vertical lines instead of a frame."""
    axes.tick_params(length=0.3 * text, width=0.6, pad=0.25 * text, labelfontfamily=FAMILY)
    axes.vlines(lines, 0, 1, transform=axes.get_xaxis_transform(), color=RULE, linewidth=0.5, zorder=0.5)
    axes.spines[["left", "right", "top"]].set_visible(False)


def _row(page: Page, axes: Axes, row: Any, y: float, language: Language) -> None:
    """Write a forecaster with its two scores, open as a badge and filled as a probability."""
    look, text, colour = page.size, page.size.tick, BLUE if row.series == "own" else INK
    base = page.locate(axes, 0, y)[1] - 0.36 * text
    page.text(page.left, base, getattr(row, f"label_{language}"), text, colour)
    page.text(page.right, base, f"{row.came:.0%}" if row.yes else "", text, colour, "right")
    axes.plot((row.badge, row.more), (y, y), color=QUIET, linewidth=0.6, zorder=1.5)
    for name, fill, start in (("badge", "white", "badge_"), ("more", colour, "")):
        value, low, high = (getattr(row, each) for each in (name, f"{start}low", f"{start}high"))
        axes.plot((low, high), (y, y), color=BAND80, linewidth=0.6 * look.marker, solid_capstyle="butt", zorder=1.2)
        axes.plot(
            [value], [y], "o", markersize=0.85 * look.marker, markerfacecolor=fill, markeredgewidth=0.5 * look.line,
            color=colour, gid=f"{name} {row.forecaster}", zorder=3,
        )  # fmt: skip
