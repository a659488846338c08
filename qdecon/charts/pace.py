"""The figure of a pace: the growth of past years as bars from zero, beside the growth that the target still needs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.ticker import MaxNLocator

from qdecon.charts.badges import surround
from qdecon.charts.fonts import FAMILY
from qdecon.charts.page import PITCH
from qdecon.charts.place import Box, Labels
from qdecon.charts.series import drawn, rows
from qdecon.charts.style import BLUE, GREY, INK, PINK, RULE, TURQUOISE, drawing, find_size
from qdecon.charts.titles import credit_line, subject
from qdecon.charts.words import brief
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.verdict.wording import day, joined, listed, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.verdict.record import Verdict

WIDE = 0.8  # of a year: a bar
PAST, DRAWN = 5, 12  # the past pace is that of the latest five years with a growth rate; bars reach twelve years back
COLUMNS = "series first last growth lo80 hi80 basis state label_zh label_en".split()
LOOKS = {"past": BLUE, "earlier": GREY}


def frame_pace(verdict: Verdict) -> pd.DataFrame:
    """Tabulate what :func:`chart_pace` draws.

    Parameters
    ----------
    verdict : Verdict
        With a trajectory and a growth that is still needed.

    Returns
    -------
    pandas.DataFrame
        ``series`` is ``earlier`` or ``past`` (growth of one year, formed inside one statistical basis; a year without
        is missing), ``pace`` (mean growth of the past years), ``projected`` (mean growth to the median outcome, with
        its 80 % interval) or ``needed``. ``first`` and ``last`` are years; growth is in % a year. ``state`` says
        whether a figure is published, preliminary, derived, a mean, projected or needed.

    Raises
    ------
    NotAvailable
        If no growth is needed, or none of the past is known.
    """
    trajectory, needed = drawn(verdict), verdict.required_growth
    if needed is None or trajectory.needed.empty:
        raise NotAvailable(f"no growth needed from here is known for target {verdict.target.id}", *ELSE)
    start, end = int(trajectory.needed["year"].min()), trajectory.target_year
    grown = _growths(trajectory.observed, start)
    if not grown:
        raise NotAvailable(f"no past growth is known for target {verdict.target.id}", *ELSE)
    kept = grown[-PAST:]
    pace = math.prod(1 + each["growth"] / 100 for each in kept) ** (1 / len(kept)) - 1
    ends = kept[0]["first"], kept[-1]["last"]
    made = [each | {"series": "past" if each in kept else "earlier"} for each in grown]
    words = {each: f"{PACE[each]}{percent(pace)}".replace("-", "−") for each in LANGUAGES}
    made.append(_row("pace", ends, 100 * pace, "mean", words))
    if verdict.projected is not None:
        last = float(trajectory.needed["value"].iloc[0])
        rates = [
            100 * ((level / last) ** (1 / (end - start)) - 1)
            for level in (verdict.projected.median, verdict.projected.lo80, verdict.projected.hi80)
        ]
        words = {each: f"{AHEAD[each]}{percent(rates[0] / 100)}".replace("-", "−") for each in LANGUAGES}
        made.append(
            _row("projected", (start + 1, end), rates[0], "projected", words) | {"lo80": rates[1], "hi80": rates[2]}
        )
    words = {each: f"{NEED[each]}{percent(needed)}" for each in LANGUAGES}
    made.append(_row("needed", (start + 1, end), 100 * needed, "needed", words))
    return pd.DataFrame(made, columns=COLUMNS).astype({"lo80": float, "hi80": float}).fillna({"basis": ""})


ELSE = ("argument verdict", "choose a target ahead whose figures are drawn by chart_trajectory")
PACE = Bilingual("以往每年", "past pace ")
AHEAD = Bilingual("预测", "projected ")
NEED = Bilingual("需要每年", "needed ")


def _row(
    series: str, years: tuple[int, int], growth: float, state: str, words: dict[Language, str] | None = None
) -> dict[str, Any]:
    labels = {f"label_{each}": (words or {}).get(each, "") for each in LANGUAGES}
    return {"series": series, "first": years[0], "last": years[1], "growth": growth, "state": state} | labels


def _growths(observed: pd.DataFrame, last: int) -> list[dict[str, Any]]:
    """Yearly growth in per cent, each inside one basis, the newest that holds both years."""
    order = {basis: place for place, basis in enumerate(observed.groupby("basis")["year"].max().sort_values().index)}
    known = {(row.year, row.basis): row for row in rows(observed)}
    found: dict[int, dict[str, Any]] = {}
    for (year, basis), row in sorted(known.items(), key=lambda cell: order[cell[0][1]]):
        before = known.get((year - 1, basis))
        if before is not None and before.value > 0 and last - DRAWN < year <= last:
            growth = 100 * (row.value / before.value - 1)
            found[year] = _row("past", (year, year), growth, row.state) | {"basis": basis}
    return [found[year] for year in sorted(found)]


def chart_pace(verdict: Verdict, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw the growth of past years beside the growth that the target needs; the title is their ratio.

    Parameters
    ----------
    verdict : Verdict
        With a trajectory and a growth that is still needed.
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If no growth is needed, or none of the past is known.
    UnknownName
        If there is no such size.

    Examples
    --------
    >>> import qdecon as qd
    >>> verdict = qd.assess(qd.load("qingdao"), "t06")
    >>> chart_pace(verdict, "en").title
    'GDP needs 13.9% in 2026, 2.0 times the past pace'
    """
    frame, look = frame_pace(verdict), find_size(size)
    heads = (_finding(verdict, frame), _periods(frame), _measure(verdict, frame))
    with drawing():
        page = surround(look, 0, Bilingual("柱形图", "Bar chart"), heads, _notes(verdict, frame), language)
        axes = _plot_area(page, frame)
        _draw(axes, page, frame)
        _label(axes, page, frame, language)
    return page.chart


def _finding(verdict: Verdict, frame: pd.DataFrame) -> Bilingual:
    """What is needed, as a multiple of the past pace where there is one."""
    (need,), (pace,) = rows(frame, "needed"), rows(frame, "pace")
    name, rate, past = (
        Bilingual(*(subject(verdict, each) for each in LANGUAGES)),
        percent(need.growth / 100),
        pace.growth,
    )
    times = f"{need.growth / past:.1f}" if past > 0 else ""
    then = Bilingual(f"是以往的{times}倍", f"{times} times the past pace")
    if past <= 0:
        before = percent(past / 100).replace("-", "−")
        then = Bilingual(f"以往为{before}", f"against {before} a year before")
    single = need.first == need.last
    long = Bilingual(
        f"{name.zh}{need.last}年需增长{rate}，{then.zh}"
        if single
        else f"{name.zh}到{need.last}年需年增{rate}，{then.zh}",
        f"{name.en} needs {rate} {f'in {need.last}' if single else f'a year to {need.last}'}, {then.en}",
    )
    return brief(long, Bilingual(f"需年增{rate}，{then.zh}", f"Needs {rate} a year, {then.en}"))


def _periods(frame: pd.DataFrame) -> Bilingual:
    """Over which years the two paces are taken."""
    (need,), (pace,) = rows(frame, "needed"), rows(frame, "pace")
    single = need.first == need.last
    ahead = Bilingual(
        _years(need, "zh") + ("" if single else "每年"), ("in " if single else "every year, ") + _years(need, "en")
    )
    count = (frame["series"] == "past").sum()
    return Bilingual(
        f"以往步伐：{_years(pace, 'zh')}中{count}年的平均；需要：{ahead.zh}",
        f"Past pace: mean of {count} years, {_years(pace, 'en')}. Needed: {ahead.en}",
    )


def _years(row: Any, language: Language) -> str:
    if row.first == row.last:
        return f"{row.first}年" if language == "zh" else f"{row.first}"
    return f"{row.first}至{row.last}年" if language == "zh" else f"{row.first} to {row.last}"


def _measure(verdict: Verdict, frame: pd.DataFrame) -> Bilingual:
    """Measure, place, unit, prices and period."""
    nominal, place = verdict.target.price_basis == "current", verdict.place
    first, last = int(frame["first"].min()), int(frame["last"].max())
    return Bilingual(
        f"{place.zh}{subject(verdict, 'zh')}，每年{'名义' * nominal}增长，%，{first}至{last}年",
        f"{subject(verdict, 'en')}, {place.en}, {'nominal ' * nominal}growth a year, %, {first} to {last}",
    )


def _notes(verdict: Verdict, frame: pd.DataFrame) -> list[Bilingual]:
    """Foot: source, as-of date, and which years have no bar."""
    date, grown = day(verdict.as_of), frame[frame["series"].isin(["past", "earlier"])]
    zh, en = (credit_line(verdict.credits, each, verdict.as_of) for each in LANGUAGES)
    source = Bilingual(f"资料来源：{zh}。截至{date.zh}。", f"Source: {en}. As of {date.en}.")
    every = range(int(grown["first"].min()), int(grown["first"].max()) + 1)
    gaps = [str(year) for year in every if year not in set(grown["first"])]
    rule = Bilingual("各年增速分别在同一统计口径内计算", "Each growth rate is formed inside one statistical basis")
    lost = Bilingual(f"；{listed(gaps, 'zh')}年无法计算。", f"; none can be formed for {listed(gaps, 'en')}.")
    whose = Bilingual(
        "预测：到期限年的年均增长，中位数和80%区间。",
        "Projected: mean growth to the deadline, median and 80% interval.",
    )
    told = Bilingual(rule.zh + (lost.zh if gaps else "。"), rule.en + (lost.en if gaps else "."))
    return [source, joined(told, whose if (frame["series"] == "projected").any() else None)]


def _plot_area(page: Page, frame: pd.DataFrame) -> Axes:
    """Open the plot area: years below, per cent on the left, nought a line."""
    look, text = page.size, page.size.tick
    first, last = int(frame["first"].min()), int(frame["last"].max())
    marks = frame[["growth", "lo80", "hi80"]].stack()
    low, high = min(0.0, float(marks.min())), max(0.0, float(marks.max()))
    ticks = [tick for tick in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= tick <= high]
    names = [f"{tick:g}%".replace("-", "−") for tick in ticks]
    left = page.left + max(page.length(name, text) for name in names) + 0.6 * text
    axes = page.axes(left, page.bottom + 1.6 * text, page.right, page.top - 0.8 * text)
    tall = page.top - page.bottom - 2.4 * text
    room = (high - low) * (2 * PITCH * look.label) / (tall - 2 * PITCH * look.label)
    axes.set(xlim=(first - 0.5, last + 0.5), ylim=(low - (room / 2 if low < 0 else 0), high + room))
    step = page.locate(axes, 1, 0)[0] - page.locate(axes, 0, 0)[0]
    every = next(count for count in (1, 2, 5, 10) if count * step >= 1.25 * page.length("2024", text))
    years = [year for year in range(first, last + 1) if (last - year) % every == 0]
    axes.set_xticks(years, [str(year) for year in years], fontsize=text)
    axes.set_yticks(ticks, names, fontsize=text)
    axes.tick_params(length=0, pad=0.4 * text, labelfontfamily=FAMILY)
    axes.hlines([tick for tick in ticks if tick], first - 0.5, last + 0.5, color=RULE, linewidth=0.5, zorder=0.5)
    axes.axhline(0, color=INK, linewidth=0.8, zorder=4)
    axes.spines[:].set_visible(False)
    return axes


def _draw(axes: Axes, page: Page, frame: pd.DataFrame) -> None:
    """Draw every row: past years full, what is needed outlined in dashes, the projection a dot with its interval."""
    look = page.size
    for row in rows(frame):
        if row.series in LOOKS:
            axes.bar([row.first], [row.growth], WIDE, color=LOOKS[row.series], linewidth=0, gid=f"bar {row.first}")
        elif row.series == "pace":
            ends = (row.first - 0.5, row.last + 0.5)
            axes.plot(ends, (row.growth,) * 2, color=INK, linewidth=0.8 * look.line, gid="pace", zorder=3)
        elif row.series == "needed":
            for year in range(row.first, row.last + 1):
                axes.bar(
                    [year], [row.growth], WIDE, facecolor="white", edgecolor=PINK, linewidth=0.7 * look.line,
                    linestyle=(0, (3, 1.5)), gid=f"needed {year}", zorder=2,
                )  # fmt: skip
        else:
            at = (row.first + row.last) / 2
            axes.plot((at, at), (row.lo80, row.hi80), color=TURQUOISE, linewidth=look.line, gid="interval", zorder=3)
            axes.plot(
                [at], [row.growth], "o", markersize=look.marker, color=TURQUOISE, markerfacecolor="white",
                markeredgewidth=0.6 * look.line, gid="projected", zorder=3.5,
            )  # fmt: skip


def _label(axes: Axes, page: Page, frame: pd.DataFrame, language: Language) -> None:
    """Name the line of the past pace, what is needed and what is projected; and write the bars where there is room."""
    look = page.size
    (left, low), (right, high) = (
        page.locate(axes, *corner) for corner in zip(axes.get_xlim(), axes.get_ylim(), strict=True)
    )
    labels = Labels(page, axes, Box(left, low, right, high))
    for row in rows(frame):
        ends, middle = (row.first - 0.36, row.last + 0.36), (row.first + row.last) / 2
        if row.series != "projected":
            low, high = sorted((page.locate(axes, middle, 0)[1], page.locate(axes, middle, row.growth)[1]))
            if row.series == "pace":
                low = high - look.line
            labels.taken.append(Box(page.locate(axes, ends[0], 0)[0], low, page.locate(axes, ends[1], 0)[0], high + 1))
        else:
            labels.avoid_line([(middle, row.lo80), (middle, row.hi80)], radius=0.7 * look.marker)
    for series, sides, colour in (
        ("needed", ("above", "above left", "above right"), PINK),
        ("pace", ("above", "above left", "above right"), INK),
        ("projected", ("right, high", "above", "left", "above left"), INK),
    ):
        for row in rows(frame, series):
            top = row.hi80 if series == "projected" else row.growth
            labels.add(
                [getattr(row, f"label_{language}")], ((row.first + row.last) / 2, top), sides, look.label, colour
            )
    for row in rows(frame[frame["series"].isin(list(LOOKS))]):
        word = f"{row.growth:.1f}".replace("-", "−")
        wide = page.locate(axes, WIDE, 0)[0] - page.locate(axes, 0, 0)[0]
        tall = abs(page.locate(axes, 0, row.growth)[1] - page.locate(axes, 0, 0)[1])
        if page.length(word, look.foot) < wide and tall > 1.5 * look.foot:
            x, y = page.locate(axes, row.first, row.growth)
            y += -1.1 * look.foot if row.growth > 0 else 0.4 * look.foot
            page.text(x, y, word, look.foot, "white", "center").set_zorder(5)
