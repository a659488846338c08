"""What the page shows, as HTML; everything that a plan or a reader wrote is escaped."""

from __future__ import annotations

import base64
import io
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from qdecon.charts.export import to_png, to_svg
from qdecon.charts.style import drawing
from qdecon.charts.trajectory import chart_trajectory
from qdecon.explore.choice import to_query
from qdecon.explore.translation import in_chinese
from qdecon.explore.words import WORDS
from qdecon.publication.table import harmless
from qdecon.scenario import DRIVERS, LEVERS, elasticity, to_toml
from qdecon.verdict import STATUS_WORDS
from qdecon.verdict.wording import amount, chance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from qdecon.charts import Chart
    from qdecon.data import Dataset
    from qdecon.errors import QdeconError
    from qdecon.explore.choice import Choice
    from qdecon.explore.screen import View
    from qdecon.plan import Language
    from qdecon.scenario import Comparison, Required, Scenario
    from qdecon.verdict import Verdict

MARKS = {"on_track": "▲", "uncertain": "◆", "off_track": "▼", "met": "✓", "missed": "✕"}


def head(choice: Choice, as_of: str) -> str:
    """Title and lead, and for the frame around the page its language, title and address."""
    language, title = choice.language, WORDS["title"][choice.language]
    return (
        f'<div id="qdecon-state" data-lang="{language}" data-title="{escape(title)}" '
        f'data-query="{escape(to_query(choice))}"></div>'
        f"<h1>{escape(title)}</h1><p>{escape(WORDS['lead'][language])}</p>"
        f'<p class="quiet">{escape(WORDS["as_of"][language])}{as_of}</p>'
    )


def finding(view: View) -> str:
    """The chance, in one line that stays in sight; the model's own beside it once something is assumed."""
    language = view.choice.language
    model = (
        f'<span class="quiet">{escape(WORDS["model"][language])}{_colon(language)}{_odds(view.model, language)}</span>'
        if _assumed(view)
        else ""
    )
    return (
        f'<p class="finding" role="status"><span>{escape(view.verdict.target.label[language])}</span> '
        f"<strong>{_odds(view.verdict, language)}</strong> {model}</p>"
    )


def _assumed(view: View) -> bool:
    return not view.choice.scenario.empty


def answer(view: View) -> str:
    """The sentence, the fan and the headline indicators in the target's year."""
    language, year = view.choice.language, view.accounts.years[-1]
    caption = f"{year}{WORDS['in_year'].zh}" if language == "zh" else f"{WORDS['in_year'].en}{year}"
    rows = [
        (escape(row.name), _amount(row.median, row.unit, language), _span(row.lo80, row.hi80, row.unit, language))
        for row in view.at_deadline().itertuples()
    ]
    title = WORDS["under" if _assumed(view) else "model"][language]
    return (
        f"<h2>{escape(title)}</h2><p>{escape(view.verdict.sentence[language])}</p>"
        f"<figure>{image(view.chart())}</figure>"
        + _table(caption, [WORDS[name][language] for name in ("indicator", "median", "interval")], rows)
    )


def reason(dataset: Dataset, scenario: Scenario, language: Language) -> str:
    """Why one would assume that: the reason, paths that change from year to year, elasticities, sources in full."""
    lines = [scenario.reason[language]] if scenario.reason[language] else []
    for each in scenario.assumptions:
        if len(set(each.values)) > 1:
            lever = LEVERS[each.lever]
            path = ", ".join(f"{scenario.first + place}: {value:.1f}" for place, value in enumerate(each.values))
            name = lever.name[language]
            lines.append(f"{name[0].upper()}{name[1:]}{_colon(language)}{path}{lever.unit[language]}")
        if each.lever in DRIVERS:
            lines.append(elasticity(dataset, each.lever).sentence[language])
    named = [dataset.sources[name].citation if name in dataset.sources else name for name in scenario.sources]
    lines += [f"{WORDS['sources'][language]}{_colon(language)}{'; '.join(named)}"] if named else []
    return "".join(f'<p class="quiet">{escape(line)}</p>' for line in lines)


def way(found: Required, language: Language) -> str:
    """The needed path with its base rate."""
    if not found.feasible:
        return f"<p>{escape(found.sentence[language])}</p>"
    known = found.precedent.sentence[language] if found.precedent else WORDS["no_precedent"][language]
    title = WORDS["precedent"][language]
    return f"<p>{escape(found.sentence[language])}</p><h3>{escape(title)}</h3><p>{escape(known)}</p>"


def all_targets(comparison: Comparison, language: Language) -> str:
    """Every target ahead under the scenario."""
    rows = [
        (
            escape(case.target.label[language]),
            escape(chance(case.probability)[language]),
            f"{MARKS[case.status]} {escape(STATUS_WORDS[case.status][language])}",
        )
        for case in comparison.cases
    ]
    return _table(
        WORDS["all_targets"][language], [WORDS[name][language] for name in ("target", "chance", "status")], rows
    )


def poster(view: View) -> Chart:
    """The figure to take away, with title and sources."""
    return chart_trajectory(view.verdict, view.choice.language)


def download(view: View, chart: Chart, kind: str) -> str:
    """A link to one file of ``FILES``."""
    language = view.choice.language
    mime, made = FILES[kind]
    data = base64.b64encode(made(view, chart)).decode()
    name = f"qdecon-{view.verdict.target.id}-{view.choice.scenario.id}.{kind}"
    return f'<a class="button" download="{name}" href="data:{mime};base64,{data}">{escape(WORDS[kind][language])}</a>'


def downloads(links: Iterable[str], language: Language) -> str:
    """The links beside each other."""
    return f'<p class="downloads">{escape(WORDS["download"][language])}{" ".join(links)}</p>'


def table(view: View) -> bytes:
    """The headline indicators year by year as CSV, in UTF-8 with the mark that spreadsheets look for."""
    return str(harmless(view.to_frame()).to_csv(index=False, lineterminator="\r\n")).encode("utf-8-sig")


FILES: Mapping[str, tuple[str, Callable[[View, Chart], bytes]]] = MappingProxyType(
    {
        "png": ("image/png", lambda _, chart: to_png(chart)),
        "svg": ("image/svg+xml", lambda view, chart: to_svg(chart, chart.title, view.choice.language)),
        "csv": ("text/csv", lambda view, _: table(view)),
    }
)


def link(choice: Choice, address: str) -> str:
    """The link that opens this very page."""
    language, url = choice.language, f"{address}?{to_query(choice)}"
    return (
        f"<h3>{escape(WORDS['link'][language])}</h3>"
        f'<p class="address"><a id="explore-link" href="{escape(url)}">{escape(url)}</a></p>'
        f'<p class="quiet">{escape(WORDS["link_note"][language])}</p>'
        f'<p><button type="button" data-copy="#explore-link">{escape(WORDS["copy_link"][language])}</button></p>'
    )


def file(choice: Choice) -> str:
    """Copying the scenario as text, and keeping it as a file."""
    scenario, language = choice.scenario, choice.language
    data = quote(to_toml(scenario))
    return (
        f'<p><button type="button" data-copy=".explore-toml">{escape(WORDS["copy_toml"][language])}</button> '
        f'<a class="button" download="{scenario.id}.toml" href="data:application/toml;charset=utf-8,{data}">'
        f"{scenario.id}.toml</a></p>"
    )


def complaint(error: QdeconError, language: Language, *, linked: bool = False) -> str:
    """What is wrong, where, and what to do next; several problems are a list."""
    said = WORDS["wrong_link" if linked else "wrong"][language]
    what, where, remedy = in_chinese(error) if language == "zh" else (error.what, error.where, error.remedy)
    places = [escape(line.strip()) for line in where.split("\n")]
    around = f"（{places[0]}）" if language == "zh" else f" ({places[0]})"
    return (
        f'<div class="explore-wrong" role="alert"><p><strong>{escape(said)}</strong></p>'
        + (f"<p>{escape(what)}<small>{around}</small></p>" if len(places) == 1 else f"<p>{escape(what)}</p>")
        + (f"<ul>{''.join(f'<li>{place}</li>' for place in places)}</ul>" if len(places) > 1 else "")
        + f"<p>{escape(WORDS['next'][language])}{_colon(language)}{escape(remedy)}</p></div>"
    )


def image(chart: Chart) -> str:
    """A figure for the screen, packed quickly, with its text alternative."""
    raw = io.BytesIO()
    with drawing():
        chart.savefig(raw, format="png", pil_kwargs={"compress_level": 1})
    data = base64.b64encode(raw.getvalue()).decode()
    return f'<img alt="{escape(chart.alt)}" src="data:image/png;base64,{data}">'


def _odds(verdict: Verdict, language: Language) -> str:
    words = chance(verdict.probability or 0.0)[language]
    return f"{escape(words)} {MARKS[verdict.status]} {escape(STATUS_WORDS[verdict.status][language])}"


def _table(caption: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; the cells of ``rows`` are HTML, the first of each is its head."""
    names = "".join(f'<th scope="col"{_right(place)}>{escape(each)}</th>' for place, each in enumerate(columns))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f'<td class="number">{each}</td>' for each in row[1:]) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption><thead><tr>{names}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _right(place: int) -> str:
    return ' class="number"' if place else ""


def _amount(value: float, unit: str, language: Language) -> str:
    return escape(amount(value, unit, language, 0 if unit != "%" and language == "zh" else 1))


def _span(low: float, high: float, unit: str, language: Language) -> str:
    bare = "" if unit == "%" else unit
    first = f"{low / 10:,.1f}" if (unit, language) == ("亿元", "en") else f"{low:,.{1 if unit == '%' else 0}f}"
    until = "至" if language == "zh" else " to "
    return f"{first}{until}{_amount(high, unit, language)}" if bare or unit == "%" else f"{first}{until}{high:,.1f}"


def _colon(language: Language) -> str:
    return "：" if language == "zh" else ": "
