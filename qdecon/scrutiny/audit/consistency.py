"""What the figures of a plan say about each other: shares in money, levels as shares, and parts of one whole.

None of this needs a forecast. A share times what the plan itself wants of the whole is a level, a level over that whole
is a share, and parts that do not overlap cannot take more than the whole. What the plan wants of a whole before its
deadline is read off equal growth from the latest figure known at adoption: an input, which every sentence names.

Which item is part of which is told by ``parts``, ``parent`` and ``ceiling`` of the indicators, and by the tree of the
accounts. Only items below different ``parts`` of one whole are known not to overlap.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from qdecon.plan import Bilingual
from qdecon.projection.branches import BRANCHES
from qdecon.scrutiny.audit.finding import Finding, Number, cite, growing
from qdecon.verdict.wording import amount, inside, joined, listed, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target

Cell = tuple[int, str]  # year and statistical basis
WHOLE = 100.0


def tree(dataset: Dataset) -> dict[str, str]:
    """The whole of every part: ``parts`` first, then ``parent`` or ``ceiling``, then the tree of the accounts."""
    known = dataset.indicators
    wholes = {each.pair[0]: each.pair[1] for each in BRANCHES if not each.beside}
    wholes |= {each.id: each.parent or each.ceiling or "" for each in known.values() if each.parent or each.ceiling}
    wholes |= {part: each.id for each in known.values() for part in each.parts}
    return {part: whole for part, whole in wholes.items() if part in known and whole in known}


def lineage(name: str, wholes: Mapping[str, str]) -> list[str]:
    """An item, its whole, the whole of that, and so on.

    Examples
    --------
    >>> lineage("a", {"a": "b", "b": "c"})
    ['a', 'b', 'c']
    """
    line = [name]
    while (whole := wholes.get(line[-1])) is not None and whole not in line:
        line.append(whole)
    return line


class Path(NamedTuple):
    """A level target as a path: equal growth from the latest figure known at adoption."""

    target: Target
    base: Observation | None

    @property
    def growth(self) -> float:
        """Yearly growth as a fraction; NaN without a base."""
        if self.base is None:
            return math.nan
        years = (self.target.deadline or 0) - self.base.year
        return float(((self.target.value or 0.0) / (self.base.value or 1.0)) ** (1 / years) - 1)

    def at(self, year: int) -> float | None:
        """Level of a year between the base and the deadline; None for any other year."""
        if year == self.target.deadline:
            return self.target.value
        if self.base is None or not self.base.year <= year < (self.target.deadline or 0):
            return None
        return float((self.base.value or 0.0) * (1 + self.growth) ** (year - self.base.year))

    def number(self, year: int) -> Number:
        """Level of a year with the way it was formed."""
        way = self.target.id if year == self.target.deadline else f"{self.target.id} by {self.growth:.2%} a year from "
        from_base = "" if year == self.target.deadline or self.base is None else cite(self.base)
        return Number("whole", self.at(year) or math.nan, self.target.unit or "", way + from_base)

    def words(self, name: Bilingual, year: int) -> Bilingual:
        """What the whole would be in a year, and why."""
        unit, level = self.target.unit or "", self.at(year) or math.nan
        why = Bilingual(self.target.id, self.target.id)
        if year != self.target.deadline and self.base is not None:
            why = Bilingual(
                f"按{why.zh}从{self.base.year}年起年均{percent(self.growth, 2)}推算",
                f"{percent(self.growth, 2)} a year from {self.base.year}, as {why.en} asks",
            )
        return Bilingual(
            f"若{name.zh}{year}年为{amount(level, unit, 'zh', 0)}（{why.zh}）",
            f"with {inside(name.en)} of {amount(level, unit, 'en', 1)} in {year} ({why.en})",
        )


def paths(dataset: Dataset, whole: str) -> list[Path]:
    """Paths of a level to the plan's own targets for it, each reading of a deadline by itself."""
    found = []
    for target in dataset.plan.targets:
        aimed = target.indicator == whole and target.measure == "level" and target.successor_of is None
        if aimed and target.assessable and (target.value or 0.0) > 0:
            base = dataset.latest(whole)
            usable = base is not None and (base.value or 0.0) > 0 and base.year < (target.deadline or 0)
            found.append(Path(target, base if usable else None))
    return found


def shares(dataset: Dataset, part: str, whole: str) -> dict[Cell, Number]:
    """Published shares in per cent by year and basis: of two levels on one basis, else as printed."""
    found: dict[Cell, Number] = {}
    for each in dataset.indicators.values():
        if each.kind == "share" and (each.numerator, each.denominator) == (part, whole):
            for cell, item in dataset.annual(each.id).items():
                found[cell] = Number("share", item.value or 0.0, "%", cite(item))
    parts, wholes = (dataset.annual(name) if name in dataset.indicators else {} for name in (part, whole))
    for cell, item in parts.items():
        if cell in wholes and wholes[cell].value:
            value = WHOLE * (item.value or 0.0) / (wholes[cell].value or 1.0)
            found[cell] = Number("share", value, "%", f"{cite(item)} / {cite(wholes[cell])}")
    return found


def newest(dataset: Dataset, cells: Iterable[Cell]) -> Cell | None:
    """The latest year, on its newest basis."""
    order = {basis.id: place for place, basis in enumerate(dataset.bases)}
    return max(cells, key=lambda cell: (cell[0], order.get(cell[1], -1)), default=None)


def identities(dataset: Dataset) -> list[Finding]:
    """Every share in money, every level as a share, and every sum of parts, on what the dataset knows.

    Parameters
    ----------
    dataset : Dataset
        As known when the plan was adopted.
    """
    wholes, found = tree(dataset), list[Finding]()
    ratios = [each for each in dataset.indicators.values() if each.kind == "share" and each.numerator]
    for target in _promised(dataset):
        for ratio in ratios:
            for path in paths(dataset, ratio.denominator or ""):
                if path.at(target.deadline or 0) is None:
                    continue
                if target.measure == "share" and target.indicator == ratio.id:
                    found.append(_in_money(dataset, target, path))
                elif target.measure == "level" and target.indicator == ratio.numerator:
                    found.append(_as_share(dataset, target, path, ratio.id))
    for whole in dict.fromkeys(each.denominator or "" for each in ratios):
        for year in sorted({target.deadline or 0 for target in _promised(dataset)}):
            ways: list[Path | None] = [path for path in paths(dataset, whole) if path.at(year) is not None]
            found += [each for path in ways or [None] if (each := _sum(dataset, whole, year, path, wholes)) is not None]
    return found


def _promised(dataset: Dataset) -> list[Target]:
    """The plan's own targets for a level or a share in one year."""
    return [
        each
        for each in dataset.plan.targets
        if each.counted and each.assessable and each.indicator and each.measure in ("level", "share") and not each.years
    ]


def _in_money(dataset: Dataset, target: Target, path: Path) -> Finding:
    """What a share of the path would be, and how fast the part would have to grow from its latest figure."""
    year, unit = target.deadline or 0, path.target.unit or ""
    ratio = dataset.indicator(target.indicator or "")
    part, whole = ratio.numerator or "", ratio.denominator or ""
    level = (target.value or 0.0) / WHOLE * (path.at(year) or math.nan)
    numbers = [path.number(year), Number("level", level, unit, f"{target.id} x whole")]
    words, past = path.words(dataset.indicator(whole).name, year), Bilingual("", "")
    published, levels = shares(dataset, part, whole), dataset.annual(whole)
    cell = newest(dataset, published.keys() & levels.keys())
    if cell is not None and cell[0] < year and published[cell].value > 0:
        share, before = published[cell], published[cell].value / WHOLE * (levels[cell].value or 0.0)
        kind = growing(dataset.indicator(whole))
        growth = (level / before) ** (1 / (year - cell[0])) - 1
        numbers += [share, Number("level_before", before, unit, f"{share.origin} x {cite(levels[cell])}")]
        numbers.append(Number("growth", 100 * growth, "%", "level / level_before, a year"))
        past = Bilingual(
            f"；{cell[0]}年为{amount(before, unit, 'zh', 0)}（{share.value:.1f}%），须年均{kind.zh}{percent(growth)}",
            f"; from {amount(before, unit, 'en', 1)} in {cell[0]} ({share.value:.1f}%) that is {percent(growth)} "
            f"{kind.en} a year",
        )
    sentence = Bilingual(
        f"{target.label.zh}（{target.id}）：{words.zh}，{target.value:g}%就是{amount(level, unit, 'zh', 0)}{past.zh}。",
        f"{target.label.en} ({target.id}): {words.en}, {target.value:g}% is {amount(level, unit, 'en', 1)}{past.en}.",
    )
    return Finding("level", "computed", (target.id, path.target.id), sentence, tuple(numbers), dataset.as_of)


def _as_share(dataset: Dataset, target: Target, path: Path, ratio: str) -> Finding:
    """A level over the path of its whole, beside the latest published share and any promised rise of that share."""
    year, unit, value = target.deadline or 0, target.unit or "", target.value or 0.0
    words = path.words(dataset.indicator(path.target.indicator or "").name, year)
    share = WHOLE * value / (path.at(year) or math.nan)
    numbers = [path.number(year), Number("share", share, "%", f"{target.id} / whole")]
    published = shares(dataset, target.indicator or "", path.target.indicator or "")
    cell = newest(dataset, published)
    if cell is None:
        past = Bilingual("；此前没有公布过这一占比", "; no such share had been published")
    else:
        numbers.append(Number("share_before", published[cell].value, "%", published[cell].origin))
        past = Bilingual(
            f"；{cell[0]}年为{published[cell].value:.1f}%", f"; it was {published[cell].value:.1f}% in {cell[0]}"
        )
    rises = [
        each
        for each in dataset.plan.targets
        if each.counted and each.indicator == ratio and each.measure == "points_per_year" and year in each.years
    ]
    steps = [past]
    for each in rises:
        first = each.years[0] - 1
        rise, start = each.value or 0.0, share - (each.value or 0.0) * (year - first)
        numbers.append(Number("share_at_start", start, "%", f"share - {year - first} x {rise:g} points ({each.id})"))
        steps.append(
            Bilingual(
                f"；若每年升{amount(rise, each.unit or '', 'zh')}（{each.id}），{first}年应为{start:.1f}%",
                f"; at {amount(rise, each.unit or '', 'en')} a year ({each.id}) it would have been {start:.1f}% in "
                f"{first}",
            )
        )
    tail = Bilingual("".join(each.zh for each in steps), "".join(each.en for each in steps))
    outcome = "no_baseline" if rises and cell is None else "computed"
    sentence = Bilingual(
        f"{target.label.zh}（{target.id}）：{words.zh}，{amount(value, unit, 'zh')}占{share:.1f}%{tail.zh}。",
        f"{target.label.en} ({target.id}): {words.en}, {amount(value, unit, 'en')} is {share:.1f}% of it{tail.en}.",
    )
    ids = (target.id, path.target.id, *(each.id for each in rises))
    return Finding("share", outcome, ids, sentence, tuple(numbers), dataset.as_of)


def _claims(dataset: Dataset, whole: str, year: int, path: Path | None, wholes: Mapping[str, str]) -> dict[str, Number]:
    """Shares of a whole that targets of one year take, by item; none lies within another or may overlap it."""
    found: dict[str, Number] = {}
    for target in _promised(dataset):
        ratio = dataset.indicator(target.indicator or "")
        if target.deadline != year or target.comparator == "at_most":
            continue
        if target.measure == "share" and ratio.denominator == whole and ratio.numerator:
            found[ratio.numerator] = Number(target.id, target.value or 0.0, "%", target.id)
        elif target.measure == "level" and path is not None and whole in lineage(ratio.id, wholes)[1:]:
            share = WHOLE * (target.value or 0.0) / (path.at(year) or math.nan)
            found[ratio.id] = Number(target.id, share, "%", f"{target.id} / whole")
    outer = [name for name in found if not set(lineage(name, wholes)[1:]) & found.keys()]
    apart = [name for name in outer if all(_apart(dataset, name, each, wholes) for each in outer if each != name)]
    return {name: found[name] for name in apart}


def _apart(dataset: Dataset, one: str, other: str, wholes: Mapping[str, str]) -> bool:
    """Whether two items lie below different parts of one whole."""
    lines = lineage(one, wholes), lineage(other, wholes)
    return any(
        left != right and {left, right} <= {*each.parts}
        for each in dataset.indicators.values()
        for left in lines[0]
        for right in lines[1]
    )


def _sum(dataset: Dataset, whole: str, year: int, path: Path | None, wholes: Mapping[str, str]) -> Finding | None:
    """What parts that do not overlap leave for the rest, and what the rest was when last published."""
    claims = _claims(dataset, whole, year, path, wholes)
    if len(claims) < 2:
        return None
    total, name = sum(each.value for each in claims.values()), dataset.indicator(whole).name
    numbers = [*claims.values(), Number("rest", WHOLE - total, "%", "100 - the shares claimed")]
    if path is not None:
        numbers.insert(0, path.number(year))
    before, past = _rest_before(dataset, whole, claims, path.at(year) if path else None, WHOLE - total)
    squeezed = bool(before) and before[0].value > WHOLE - total
    outcome = "impossible" if total > WHOLE else "squeezed" if squeezed else "fits"
    head = path.words(name, year) if path else Bilingual(f"{name.zh}{year}年", f"of {inside(name.en)} in {year}")
    named = [(dataset.indicator(each).name, f"{share.value:.1f}%", share.name) for each, share in claims.items()]
    zh = listed([f"{item.zh}{share}（{target}）" for item, share, target in named], "zh")
    en = listed([f"{inside(item.en)} {share} ({target})" for item, share, target in named], "en")
    rest = _rest(dataset, whole, claims, wholes)
    sentence = Bilingual(
        f"{head.zh}：{zh}，合计{total:.1f}%，其余{rest.zh}剩{WHOLE - total:.1f}%{past.zh}。",
        f"{head.en[0].upper()}{head.en[1:]}: {en}, together {total:.1f}%; the rest {rest.en}is left "
        f"{WHOLE - total:.1f}%{past.en}.",
    )
    ids = (*(each.name for each in claims.values()), *((path.target.id,) if path else ()))
    return Finding("sum", outcome, ids, joined(sentence, _VERDICTS[outcome]), (*numbers, *before), dataset.as_of)


def _rest_before(
    dataset: Dataset, whole: str, claims: Iterable[str], level: float | None, rest: float
) -> tuple[list[Number], Bilingual]:
    """The share of the rest in the latest year in which all claimed shares are published on one basis; and in money."""
    published, levels = [shares(dataset, name, whole) for name in claims], dataset.annual(whole)
    cell = newest(dataset, set.intersection(*(set(each) for each in published)))
    if cell is None:
        return [], Bilingual("", "")
    before = WHOLE - sum(each[cell].value for each in published)
    numbers = [Number("rest_before", before, "%", f"100 - {' - '.join(each[cell].origin for each in published)}")]
    past = Bilingual(f"，而{cell[0]}年为{before:.1f}%", f", against {before:.1f}% in {cell[0]}")
    if level is None or cell not in levels:
        return numbers, past
    now, then, unit = rest / WHOLE * level, before / WHOLE * (levels[cell].value or 0.0), levels[cell].unit
    numbers.append(Number("rest_level", now, unit, "rest x whole"))
    numbers.append(Number("rest_level_before", then, unit, f"rest_before x {cite(levels[cell])}"))
    return numbers, Bilingual(
        f"{past.zh}；折合{amount(now, unit, 'zh', 0)}，{cell[0]}年为{amount(then, unit, 'zh', 0)}",
        f"{past.en}; in money {amount(now, unit, 'en', 1)}, against {amount(then, unit, 'en', 1)}",
    )


_VERDICTS = {
    "fits": Bilingual("其余部分不必缩小。", "The rest need not shrink."),
    "squeezed": Bilingual(
        "几项目标要同时实现，其余部分的占比须低于最近一次公布的水平。",
        "All of it can hold only if the share of the rest falls below its latest published one.",
    ),
    "impossible": Bilingual("合计超过100%，不能同时成立。", "More than 100%: they cannot all hold at once."),
}


def _rest(dataset: Dataset, whole: str, claims: Iterable[str], wholes: Mapping[str, str]) -> Bilingual:
    """What is left, in names: parts without a claim, and parts of which only something is claimed."""
    zh, en = list[str](), list[str]()
    for part in dataset.indicator(whole).parts:
        within = [claim for claim in claims if part in lineage(claim, wholes)]
        if part not in within:
            name, less = dataset.indicator(part).name, [dataset.indicator(claim).name for claim in within]
            zh.append(name.zh + (f"中{listed([each.zh for each in less], 'zh')}以外的部分" if less else ""))
            en.append(inside(name.en) + "".join(f" outside {inside(each.en)}" for each in less))
    return Bilingual(f"（{listed(zh, 'zh')}）", f"({listed(en, 'en')}) ") if zh else Bilingual("", "")
