"""What a reader of the page has chosen; it can be mailed as the end of a web address."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs, urlencode

from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.scenario import LEVERS, SHAPES, Scenario, accounts_to, ahead, from_link, to_link

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.plan import Language
    from qdecon.scenario.inversion import Shape

Name = TypeVar("Name", bound=str)
CHANCES = (0.5, 0.8)  # that the needed path may be solved for
LONGEST_QUERY = 8 * 1024
MOST_FIELDS = 20


@dataclass(frozen=True)
class Choice:
    """One state of the page.

    Attributes
    ----------
    target : str
        Id of a target ahead.
    scenario : Scenario
    lever : str
        Solved for.
    by : float
        Chance that the needed path is to give.
    shape : {"constant", "front-loaded", "phased"}
    language : {"zh", "en"}
    """

    target: str
    scenario: Scenario
    lever: str = "real_growth"
    by: float = CHANCES[0]
    shape: Shape = "constant"
    language: Language = "zh"


def first_choice(dataset: Dataset, language: Language = "zh") -> Choice:
    """What the page opens with: nothing assumed, and a goal that is still alive, a successor before a headline.

    Raises
    ------
    NotAvailable
        If no target lies ahead of the accounts.

    Examples
    --------
    >>> import qdecon as qd
    >>> first_choice(qd.load("qingdao")).target
    't06-2028'
    """
    targets = [dataset.plan.target(name) for name in ahead(dataset)]
    if not targets:
        raise NotAvailable(
            f"no target of {dataset.plan.id} lies ahead of the accounts", "the plan", "choose one with a later deadline"
        )
    best = min(targets, key=lambda target: (target.successor_of is None, not target.headline))
    split = accounts_to(dataset, best).real_growth is not None
    lever = "real_growth" if split else "nominal_growth"  # without real growth, prices cannot be told
    return Choice(best.id, nothing_assumed(dataset), lever, language=language)


def nothing_assumed(dataset: Dataset) -> Scenario:
    """The scenario without assumptions, from the first year ahead."""
    latest = dataset.latest("gdp")
    first = latest.year + 1 if latest else dataset.as_of.year
    return Scenario("own", Bilingual("按模型", "what the model says"), first)


def to_query(choice: Choice) -> str:
    """A choice as the end of a web address, after the question mark.

    Raises
    ------
    NotAvailable
        If the scenario does not fit into a link.
    """
    fields = {
        "target": choice.target, "lang": choice.language, "solve": choice.lever, "by": f"{choice.by:g}",
        "shape": choice.shape, **({} if choice.scenario.empty else {"s": to_link(choice.scenario)}),
    }  # fmt: skip
    return urlencode(fields)


def from_query(dataset: Dataset, query: str, language: Language = "zh") -> Choice:
    """Read a choice; what an address does not name is as the page opens.

    Parameters
    ----------
    dataset : Dataset
    query : str
        What :func:`to_query` gave; fields that the page does not know are passed over.
    language : {"zh", "en"}
        Where the address names none.

    Raises
    ------
    NotAvailable
        If the address is too long, or a field holds what the page cannot show.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> from_query(city, "target=t06-2027&lang=en").target
    't06-2027'
    """
    fields = _fields(query)
    chosen = _one(fields, "lang", LANGUAGES, language)
    known = ahead(dataset)
    first = first_choice(dataset)
    target = _one(fields, "target", known, first.target)
    return Choice(
        target=target,
        scenario=from_link(fields["s"]) if "s" in fields else nothing_assumed(dataset),
        lever=_one(fields, "solve", tuple(LEVERS), first.lever),
        by=float(_one(fields, "by", tuple(f"{each:g}" for each in CHANCES), f"{CHANCES[0]:g}")),
        shape=_one(fields, "shape", SHAPES, "constant"),
        language=chosen,
    )


def language_of(query: str, language: Language = "zh") -> Language:
    """The language that an address names, even if it is wrong in all else.

    Examples
    --------
    >>> language_of("lang=en&target=nonsense"), language_of("lang=fr", "zh")
    ('en', 'zh')
    """
    with suppress(NotAvailable):
        return _one(_fields(query), "lang", LANGUAGES, language)
    return language


def _fields(query: str) -> dict[str, str]:
    """The last value of every field.

    Raises
    ------
    NotAvailable
        If the address is too long, or has too many fields.
    """
    if len(query) > LONGEST_QUERY:
        raise NotAvailable(f"an address of {len(query)} characters", "the link", "copy the link again")
    try:
        return {key: values[-1] for key, values in parse_qs(query, max_num_fields=MOST_FIELDS).items()}
    except ValueError:
        raise NotAvailable("an address with too many fields", "the link", "copy the link again") from None


def _one(fields: dict[str, str], key: str, known: tuple[Name, ...], default: Name) -> Name:
    """The value of a field, one of the known ones.

    Raises
    ------
    NotAvailable
        If it is none of them.
    """
    value = fields.get(key, default)
    for each in known:
        if each == value:
            return each
    raise NotAvailable(f"{key} is {value[:40]!r}", "the link", f"choose one of {', '.join(known)}")
