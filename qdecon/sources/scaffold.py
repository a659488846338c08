"""A folder for a plan of one's own, and what to do next in it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from qdecon.data import load
from qdecon.data.periods import interval_end
from qdecon.errors import NotAvailable, QdeconError, UnknownName
from qdecon.plan import Bilingual
from qdecon.publication.writing import alone, write_whole
from qdecon.verdict.wording import joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qdecon.data import Dataset
    from qdecon.errors import Problem

_HERE = Path(__file__).resolve().parent
_BLANK = _HERE / "blank"
_EMBEDDED = _HERE.parent / "datasets"
_CARRIED = ("plan.toml", "indicators.toml", "observations.csv", "sources.csv", "feed.toml")
_SLOT = re.compile("@([a-z_]+)@")
NOTEBOOK = "first-look.ipynb"


def start_plan(folder: str | Path, facts: Mapping[str, str], *, like: str | None = None) -> tuple[Path, ...]:
    """Make a folder for a plan: the four files of the data contract with commented examples, a mapping and a notebook.

    Parameters
    ----------
    folder : path
        Made if it does not exist. Its name becomes the plan's id.
    facts : mapping
        What is known of the plan: ``place_zh``, ``place_en``, ``title_zh``, ``title_en``, ``publisher``, ``published``
        (``YYYY-MM-DD``), ``first`` and ``last`` (years). What is left out stays empty; ``qdecon check`` asks for it.
    like : str, optional
        Copy this embedded plan with all its figures instead, to go on from there.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    NotAvailable
        If the folder holds a plan already or cannot be written, or a fact is no text, date or year.
    UnknownName
        If there is no plan to copy.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as home:
    ...     [path.name for path in start_plan(Path(home, "my-city"), {"place_en": "My City"})][:4]
    ['README.md', 'feed.toml', 'first-look.ipynb', 'indicators.toml']
    """
    home = Path(folder)
    name = home.resolve().name
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
        raise NotAvailable(
            f"no name for a plan: {name[:80]!r}", "argument folder", "use Latin letters, digits, points and hyphens"
        )
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(_BLANK.iterdir()) if path.is_file()}
    values = _values(name, facts)
    files = {file: _SLOT.sub(lambda slot: values[slot[1]], text) for file, text in files.items()}
    if like is not None:
        files = {**{file: files[file] for file in (NOTEBOOK, "README.md")}, **_copied(like)}
    with alone(home):
        standing = [file for file in files if (home / file).exists()]
        if standing:
            raise NotAvailable(
                f"{', '.join(standing)} stand there already", str(folder), "name a new folder; nothing was changed"
            )
        return write_whole(home, {file: text.encode() for file, text in sorted(files.items())})


def first_look(plan: str) -> str:
    """The blank notebook for a plan, ``"."`` being the folder in which it stands."""
    text = (_BLANK / NOTEBOOK).read_text(encoding="utf-8")
    return text.replace("@plan@", json.dumps(plan)[1:-1].replace("\\", "\\\\").replace('"', '\\"'))


def _values(name: str, facts: Mapping[str, str]) -> dict[str, str]:
    """What goes into the slots of the blank files, quoted for the kind of file.

    Raises
    ------
    UnknownName
        If a fact is none of those that are asked for.
    NotAvailable
        If one is no text, date or year.
    """
    known = {"place_zh", "place_en", "title_zh", "title_en", "publisher", "published", "first", "last"}
    for key, text in facts.items():
        if key not in known:
            raise UnknownName(f"unknown fact {key!r}", "argument facts", f"give {', '.join(sorted(known))}")
        if len(text) > 500 or not text.isprintable():
            raise NotAvailable(f"no plain text: {text[:80]!r}", key, "write one line of at most 500 characters")
    published = facts.get("published", "")
    if published and (len(published) != len("2026-01-31") or interval_end(published) is None):
        raise NotAvailable(f"no date: {published!r}", "published", "write YYYY-MM-DD")
    years = {key: facts.get(key, "") for key in ("first", "last")}
    for key, text in years.items():
        if text and not re.fullmatch("[12][0-9]{3}", text):
            raise NotAvailable(f"no year: {text!r}", key, "write for instance 2025")
    start = years["first"] or published[:4] or "2021"
    texts = {key: facts.get(key, "") for key in ("place_zh", "place_en", "title_zh", "title_en", "publisher")}
    return {
        **{key: json.dumps(text, ensure_ascii=False) for key, text in texts.items()},
        "id": json.dumps(name),
        "plan": ".",
        "published": json.dumps(published),
        "first": start,
        "last": years["last"] or str(int(start) + 4),
        "csv_title": _cell(texts["title_zh"] or texts["title_en"]),
        "csv_publisher": _cell(texts["publisher"]),
        "csv_published": published,
    }


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') else text


def _copied(like: str) -> dict[str, str]:
    plans = sorted(path.parent.name for path in _EMBEDDED.glob("*/plan.toml"))
    if like not in plans:
        raise UnknownName(f"no plan {like!r} to copy", "argument like", f"choose {', '.join(plans)}")
    home = _EMBEDDED / like
    return {file: (home / file).read_text(encoding="utf-8") for file in _CARRIED if (home / file).exists()}


def next_steps(folder: str | Path, problems: Sequence[Problem]) -> Bilingual:
    """What to do next with a plan: fill in, bring figures, judge.

    Parameters
    ----------
    folder : path
    problems : sequence of Problem
        From :func:`qdecon.check`.
    """
    name = shlex.quote(str(folder))
    if problems:
        files = ", ".join(dict.fromkeys(problem.file for problem in problems))
        return Bilingual(
            f"下一步：按上面每行的提示补全或改正{files}，再运行 qdecon check --plan {name}",
            f"next: fill in or mend {files} as each line above says, then run: qdecon check --plan {name}",
        )
    try:
        dataset = load(folder)
    except QdeconError as error:
        return Bilingual(f"下一步：{error.remedy}", f"next: {error.remedy}")
    return joined(_figures_wanted(dataset, name), _judge(dataset, name))


def _figures_wanted(dataset: Dataset, name: str) -> Bilingual | None:
    """If no target has a figure yet: the indicators that want one."""
    wanted = {each.indicator: each.id for each in dataset.plan.targets if each.assessable and each.indicator}
    if any(dataset.annual(indicator) for indicator in wanted):
        return None
    names = ", ".join(wanted) or "…"
    return Bilingual(
        f"还没有年度数字（{names}）。下一步：qdecon import 文件.csv --plan {name}，看它读懂了什么；再加 --write 写入。",
        f"No annual figure yet ({names}). next: qdecon import FILE.csv --plan {name} shows what is understood; "
        "with --write it is written.",
    )


def _judge(dataset: Dataset, name: str) -> Bilingual | None:
    if not dataset.observations:
        return None
    target = next((each.id for each in dataset.plan.targets if each.assessable), None)
    more = f"; qdecon dossier {target} --plan {name}" if target else ""
    return Bilingual(
        f"下一步：qdecon scorecard --plan {name}{more}；figures、report、explore、notebook 也都认 --plan。",
        f"next: qdecon scorecard --plan {name}{more}; figures, report, explore and notebook take --plan too.",
    )
