"""What a refresh did: rows appended, figures that may not be read, cells that are blank, verdicts that moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdecon.plan import LANGUAGES, Bilingual
from qdecon.replay.vintages.inputs import inputs
from qdecon.replay.vintages.step import standing_words
from qdecon.verdict.wording import amount, day, inside, listed

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from qdecon.data import Dataset
    from qdecon.plan import Language
    from qdecon.sources.refresh.comparison import Appended, Held
    from qdecon.verdict import Scorecard, Verdict


@dataclass(frozen=True)
class Moved:
    """A verdict that the new figures moved.

    Attributes
    ----------
    before, after : Verdict
        Both as of the day of retrieval, so that only the figures differ.
    rests_on : tuple of Appended
        New figures that the verdict reads now, those of its own indicator first.
    """

    before: Verdict
    after: Verdict
    rests_on: tuple[Appended, ...]

    @property
    def target(self) -> str:
        """Id of the target."""
        return self.after.target.id

    @property
    def sentence(self) -> Bilingual:
        """What moved, and which figures it rests on."""
        then, now, label = standing_words(self.before), standing_words(self.after), self.after.target.label
        why = {language: listed([figure(each)[language] for each in self.rests_on], language) for language in LANGUAGES}
        rests = Bilingual(f"，依据{why['zh']}", f", resting on {why['en']}") if self.rests_on else Bilingual("", "")
        change = Bilingual(f"由{then.zh}变为{now.zh}", f"from {then.en} to {now.en}")
        if then == now:  # another published value, or another chance that prints alike
            change = Bilingual(f"仍为{now.zh}", f"still {now.en}")
        return Bilingual(
            f"{self.target} {label.zh}：{change.zh}{rests.zh}。", f"{self.target} {label.en}: {change.en}{rests.en}."
        )


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did, or would do.

    Attributes
    ----------
    place : Bilingual
        Of the plan.
    retrieved : datetime.date
    dry_run : bool
        True if nothing was written.
    appended : tuple of Appended
        New rows, conflicts included, in the order in which they stand in the table.
    unchanged : int
        Cells that agree with a figure held; ``coarser`` of them print fewer digits than it.
    blank : tuple of Held
        Figures held for which the database is blank; nothing is written about them.
    moved : tuple of Moved
        In the order of the plan.
    """

    place: Bilingual
    retrieved: dt.date
    dry_run: bool = False
    appended: tuple[Appended, ...] = ()
    unchanged: int = 0
    coarser: int = 0
    blank: tuple[Held, ...] = ()
    moved: tuple[Moved, ...] = ()

    @property
    def conflicts(self) -> tuple[Appended, ...]:
        """Appended rows that nothing reads until the analyst declares their statistical basis."""
        return tuple(row for row in self.appended if row.use == "conflict")

    def text(self, language: Language = "zh") -> str:
        """The report for a terminal, each line a sentence that can be quoted."""
        lines = [self.summary()[language]]
        lines += ["  " + _line(row)[language] for row in self.appended]
        lines += ["  " + _blank(each)[language] for each in self.blank]
        lines += ["  " + each.sentence[language] for each in self.moved]
        return "\n".join(lines)

    def summary(self) -> Bilingual:
        """The refresh in one sentence."""
        when, read, count = day(self.retrieved), len(self.appended) - len(self.conflicts), len(self.moved)
        zh = f"{when.zh}从国家统计局数据库取得{self.place.zh}的数字：" + ("将追加" if self.dry_run else "追加")
        zh += f"{read}个，{self.unchanged}个不变"
        en = f"Figures of {self.place.en} retrieved from the National Bureau of Statistics on {when.en}: {read} "
        en += f"{'would be appended' if self.dry_run else 'appended'}, {self.unchanged} unchanged"
        if self.coarser:
            zh += f"（其中{self.coarser}个只是位数较少）"
            en += f" ({self.coarser} of them with fewer digits)"
        if self.conflicts:
            zh += f"，{len(self.conflicts)}个疑为统计口径变化、不予采用"
            en += f", {len(self.conflicts)} set aside because the statistical basis seems to differ"
        if self.blank:
            zh += f"，{len(self.blank)}个在数据库中为空"
            en += f", {len(self.blank)} blank in the database"
        moved = Bilingual(
            f"{count}项判断有变动" if count else "没有判断变动", f"{count or 'no'} verdict{'s' * (count != 1)} moved"
        )
        nothing = Bilingual("。没有写入任何文件。", ". Nothing was written.") if self.dry_run else Bilingual("。", ".")
        return Bilingual(f"{zh}；{moved.zh}{nothing.zh}", f"{en}; {moved.en}{nothing.en}")

    def to_frame(self) -> pd.DataFrame:
        """Everything told, one row each.

        Returns
        -------
        pandas.DataFrame
            ``kind`` (``appended``, ``conflict``, ``blank`` or ``verdict``), ``id`` (of the indicator or the target),
            ``year``, ``basis``, ``before``, ``after``, ``probability_before``, ``probability_after``, ``source`` (of
            the new figure, or of the one held), ``rests_on``.
        """
        import pandas as pd

        columns = (
            "kind", "id", "year", "basis", "before", "after", "probability_before", "probability_after", "source",
            "rests_on",
        )  # fmt: skip
        rows: list[tuple[object, ...]] = [
            (
                "conflict" if row.use == "conflict" else "appended", row.indicator, row.year, row.basis,
                row.held or None, row.value, None, None, row.source, "",
            )
            for row in self.appended
        ]  # fmt: skip
        rows += [
            ("blank", each.indicator, each.year, each.basis, f"{each.value:.15g}", None, None, None, each.source, "")
            for each in self.blank
        ]
        rows += [
            (
                "verdict", each.target, each.after.target.deadline, "", each.before.status, each.after.status,
                each.before.probability, each.after.probability, "",
                "; ".join(f"{row.indicator} {row.year}" for row in each.rests_on),
            )
            for each in self.moved
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(columns), dtype=object)

    def __str__(self) -> str:
        return self.text("zh")


def moves(
    before: Scorecard, after: Scorecard, old: Dataset, new: Dataset, rows: tuple[Appended, ...]
) -> tuple[Moved, ...]:
    """Verdicts that differ between two scorecards of one day, with the new figures that each reads."""
    by_key = {(row.indicator, row.year, row.source): row for row in rows}
    found: list[Moved] = []
    for one, other in zip(before.verdicts, after.verdicts, strict=True):
        if _standing(one) == _standing(other):
            continue
        read = inputs(new, other.target).released(old, new)
        keys = [(item.indicator, item.year, item.source) for item in read]
        found.append(Moved(one, other, tuple(by_key[key] for key in keys if key in by_key)))
    return tuple(found)


def figure(row: Appended) -> Bilingual:
    """A new figure in words."""
    value = float(row.value)
    return Bilingual(
        f"{row.year}年{row.name.zh}（{amount(value, row.unit, 'zh')}）",
        f"{inside(row.name.en)} of {row.year} ({amount(value, row.unit, 'en')})",
    )


def _standing(verdict: Verdict) -> tuple[object, ...]:
    chance = None if verdict.probability is None else round(verdict.probability, 3)
    years = tuple((each.year, each.status, each.value) for each in verdict.years)
    return verdict.status, chance, verdict.probability_kind, verdict.value, years


def _line(row: Appended) -> Bilingual:
    """A new row in words."""
    told, stood = figure(row), Bilingual("", "")
    if row.held:
        stood = Bilingual(
            f"，原用{amount(float(row.held), row.unit, 'zh')}（{row.held_source}）",
            f", {amount(float(row.held), row.unit, 'en')} ({row.held_source}) was in use",
        )
    if row.use == "conflict":
        return Bilingual(
            f"存疑：{told.zh}{stood.zh}；变动大于已知最大的最终核实幅度，请在 feed.toml 中声明{row.year}年的统计口径。",
            f"Set aside: {told.en}{stood.en}; this is more than any final revision measured: "
            f"declare the statistical basis of {row.year} in feed.toml.",
        )
    kind = Bilingual("修订", "Revised") if row.held else Bilingual("新增", "New")
    return Bilingual(f"{kind.zh}：{told.zh}{stood.zh}。", f"{kind.en}: {told.en}{stood.en}.")


def _blank(each: Held) -> Bilingual:
    """A figure held that the database does not have, in words."""
    value = Bilingual(amount(each.value, each.unit, "zh"), amount(each.value, each.unit, "en"))
    why = Bilingual("数据库中尚无", "not in the database")
    if each.withdrawn:
        why = Bilingual("数据库中原有、现已为空", "the database held it and is blank now")
    return Bilingual(
        f"空缺：{each.year}年{each.name.zh}{why.zh}，仍用{value.zh}（{each.source}）。",
        f"Blank: {inside(each.name.en)} of {each.year}, {why.en}; {value.en} ({each.source}) stays.",
    )
