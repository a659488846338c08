"""One step of a verdict's history: the next verdict, and what moved it.

A change of a probability is split by building the later dataset up from the earlier one in a stated order:

1. ``time``: only the clock goes on, so that a deadline may pass in silence;
2. ``revision``: then come figures that restate an indicator and period already known;
3. ``peers``: then new years of other places, whose growth and past errors a projection goes by;
4. ``figures``: then all other figures of the place itself.

Each part is the difference of two verdicts that follow each other, so the parts sum to the change. Another order would
give somewhat other parts, as with every such split. Peers stand before the place's own figures because those of a year
in which the statistical basis changed can be read only with the deflator of the larger economy. The clock alone moves
no forecast: horizons count from the latest figure, not from the date. It turns a forecast into a belief about a figure
that stayed unpublished, and the two are never subtracted from each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args

from qdecon.data import known
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.verdict import STATUS_WORDS, assess
from qdecon.verdict.wording import amount, chance, day, inside, listed, when, wrapped

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from qdecon.data import Dataset, Observation
    from qdecon.plan import Language
    from qdecon.replay.vintages.inputs import Inputs
    from qdecon.verdict import Verdict

Cause = Literal["time", "revision", "peers", "figures"]
CAUSES: tuple[Cause, ...] = get_args(Cause)
CAUSE_WORDS: dict[Cause, Bilingual] = {
    "time": Bilingual("时间推移", "the passing of time"),
    "revision": Bilingual("旧数字修订", "revised figures"),
    "peers": Bilingual("其他地区的新数字", "other places' new figures"),
    "figures": Bilingual("本地新数字", "own new figures"),
}
TOLD = 3  # so many new figures are named in a sentence
HARDLY = 0.01  # a smaller change of a probability is none in words
NOTHING = Bilingual("", "")


@dataclass(frozen=True)
class Step:
    """The verdict on one date, and what led to it from the date before.

    Attributes
    ----------
    verdict : Verdict
        As known on ``date``.
    released : tuple of Observation
        Figures that the verdict reads now and did not, or not with that value, on the date judged before; those of the
        target's own indicator first. Empty at the first step.
    peer_year : int or None
        Latest year of other places' figures, if it became known since.
    change : float or None
        Of the probability; None at the first step, and where an end has no probability or one of another kind.
    parts : mapping of Cause to float, or None
        What ``change`` is made of, in the order of ``CAUSES``; None where there is no change to split, or where a
        verdict in between has no such probability, so that the causes cannot be told apart.
    turned_by : Cause or None
        What turned the status; None if it stayed.
    sentence : Bilingual
        What became known and what it did.
    """

    verdict: Verdict
    released: tuple[Observation, ...] = ()
    peer_year: int | None = None
    change: float | None = None
    parts: Mapping[Cause, float] | None = None
    turned_by: Cause | None = None
    sentence: Bilingual = NOTHING

    def __str__(self) -> str:
        return f"{wrapped(self.sentence.zh)}\n{wrapped(self.sentence.en)}"

    @property
    def date(self) -> dt.date:
        """Date on which the verdict stood like that."""
        return self.verdict.as_of

    @property
    def standing(self) -> tuple[str, float | None, str | None]:
        """Status, probability and its kind."""
        return self.verdict.status, self.verdict.probability, self.verdict.probability_kind


def built_up(dataset: Dataset, needs: Inputs, before: dt.date, after: dt.date) -> list[tuple[Cause, Dataset, bool]]:
    """The dataset of the later date built up from the earlier one, cause by cause.

    Returns
    -------
    list of (Cause, Dataset, bool)
        In the order of ``CAUSES``, with whether anything that the verdict reads changed. The last dataset is that of
        the later date.
    """
    old, new = known(dataset, before), known(dataset, after)
    had = {(item.indicator, item.period) for item in old.observations if item.usable}
    kept = tuple(item for item in new.observations if item.known <= before or (item.indicator, item.period) in had)
    clock = replace(old, as_of=after, plan=new.plan)
    revised = replace(clock, observations=kept)
    around = replace(revised, peers=new.peers)
    return [
        ("time", clock, needs.fell_due(before, after)),
        ("revision", revised, bool(needs.released(clock, revised))),
        ("peers", around, needs.peer_year(old, new) is not None),
        ("figures", new, bool(needs.released(around, new))),
    ]


def first_step(dataset: Dataset, needs: Inputs, date: dt.date) -> Step:
    """The verdict on the first date."""
    verdict = assess(known(dataset, date), needs.target.id)
    on, state = day(date), standing_words(verdict)
    return Step(verdict, sentence=Bilingual(f"{on.zh}：{state.zh}。", f"{on.en}: {state.en}."))


def next_step(dataset: Dataset, needs: Inputs, names: Mapping[str, Bilingual], before: Verdict, date: dt.date) -> Step:
    """The verdict on the next date; a dataset is judged only if something that is read changed in it."""
    old, new = known(dataset, before.as_of), known(dataset, date)
    moving = [(cause, stage) for cause, stage, moves in built_up(dataset, needs, before.as_of, date) if moves]
    # a forecast does not name its date, but other deadlines, and until the year ends which figures are preliminary
    same = before.probability_kind == "forecast" and old.plan == new.plan and before.as_of.year == date.year
    now = replace(before, as_of=date) if same and not moving else assess(new, needs.target.id)
    chain = [before, *(assess(stage, needs.target.id) for _, stage in moving[:-1]), now]
    parts, turned = None, None
    if all(comparable(*pair) for pair in pairwise(chain)):
        parts = dict.fromkeys(CAUSES, 0.0)
    for (cause, _), (one, other) in zip(moving, pairwise(chain), strict=False):
        turned = cause if one.status != other.status else turned
        if parts is not None:
            parts[cause] = probability(other) - probability(one)
    step = Step(
        now, needs.released(old, new), needs.peer_year(old, new),
        probability(now) - probability(before) if comparable(before, now) else None, parts, turned,
    )  # fmt: skip
    return replace(step, sentence=_told(names, before, step))


def probability(verdict: Verdict) -> float:
    """The probability of a verdict that has one."""
    assert verdict.probability is not None  # asked only of comparable verdicts
    return verdict.probability


def comparable(one: Verdict, other: Verdict) -> bool:
    """Whether both have a probability, of one kind."""
    return None not in (one.probability, other.probability) and one.probability_kind == other.probability_kind


def figure_words(names: Mapping[str, Bilingual], item: Observation, language: Language) -> str:
    """A figure with its period and value."""
    name, period, value = names[item.indicator], when(item.period), amount(item.value or 0.0, item.unit, language)
    if language == "zh":
        return f"{period.zh}{name.zh}（{value}）"
    return f"{inside(name.en)} of {period.en} ({value})"


def news(names: Mapping[str, Bilingual], step: Step) -> Bilingual:
    """What became known, in words; empty if nothing did."""
    told = {language: [figure_words(names, item, language) for item in step.released[:TOLD]] for language in LANGUAGES}
    if more := len(step.released[TOLD:]):
        told["zh"].append(f"另外{more}个数字")
        told["en"].append(f"{more} more figure{'' if more == 1 else 's'}")
    if step.peer_year is not None:
        told["zh"].append(f"其他地区{step.peer_year}年的数字")
        told["en"].append(f"other places' figures of {step.peer_year}")
    return Bilingual(listed(told["zh"], "zh"), listed(told["en"], "en"))


def standing_words(verdict: Verdict) -> Bilingual:
    """Where a verdict stands: its status, with the probability if it has one."""
    status = STATUS_WORDS[verdict.status]
    if verdict.probability is None:
        return status
    odds = chance(verdict.probability)
    if verdict.probability_kind == "forecast":
        return Bilingual(f"达标可能性{odds.zh}（{status.zh}）", f"a chance of {odds.en} ({status.en})")
    return Bilingual(
        f"{status.zh}（按现有证据，已达标的可能性{odds.zh}）",
        f"{status.en} (on the evidence, a chance of {odds.en} that it was met)",
    )


def _told(names: Mapping[str, Bilingual], before: Verdict, step: Step) -> Bilingual:
    """What became known on a date and what it did."""
    on, came, moved = day(step.date), news(names, step), _moved(before, step)
    return Bilingual(
        on.zh + (f"，新公布{came.zh}" if came.zh else "") + f"：{moved.zh}。",
        on.en + (f", with {came.en}" if came.en else "") + f": {moved.en}.",
    )


def _moved(before: Verdict, step: Step) -> Bilingual:
    """The change of the verdict with its causes, or why it has no figure."""
    then, now = standing_words(before), standing_words(step.verdict)
    change = Bilingual(f"由{then.zh}变为{now.zh}", f"from {then.en} to {now.en}")
    if step.change is None:
        if step.turned_by is None:
            return Bilingual(f"仍为{now.zh}", f"still {now.en}") if then == now else change
        cause, why = CAUSE_WORDS[step.turned_by], _uncounted(before, step.verdict)
        return Bilingual(f"因{cause.zh}{change.zh}{why.zh}", f"{change.en} because of {cause.en}{why.en}")
    if step.parts is None:
        return Bilingual(f"{change.zh}，各种起因无法分开", f"{change.en}; the causes cannot be told apart")
    words = [(CAUSE_WORDS[cause], round(100 * part)) for cause, part in step.parts.items() if abs(part) >= HARDLY]
    if not words:
        same = Bilingual(f"几乎没有变动，{now.zh}", f"hardly any change, {now.en}")
        return same if before.status == step.verdict.status else change
    return Bilingual(
        f"{change.zh}，" + listed([f"{cause.zh}{points:+d}个百分点" for cause, points in words], "zh"),
        f"{change.en}; "
        + listed([f"{cause.en} {points:+d} point{'s' * (abs(points) > 1)}" for cause, points in words], "en"),
    )


def _uncounted(before: Verdict, now: Verdict) -> Bilingual:
    """Why a change has no figure."""
    if before.probability is None and now.probability is None:
        return NOTHING
    if before.probability is None:
        return Bilingual("；此前没有可能性可比", "; before, there was no probability to compare with")
    if now.status in ("met", "missed"):
        return Bilingual("；已有定论，不再有可能性", "; settled, so no probability is left")
    if now.probability is None:
        return Bilingual("；没有可能性可比", "; there is no probability to compare")
    return Bilingual(
        "；预测与对未公布数字的推断是两类可能性，不作比较",
        "; a forecast and a belief about an unpublished figure are not compared",
    )
