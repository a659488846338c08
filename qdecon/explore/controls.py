"""The widgets: a thin skin over :mod:`qdecon.explore.screen`, one choice in, one view out.

A movement of the hand changes the choice, the choice gives the view. What takes longer than a blink (the needed path,
the other targets, files to download) follows after a pause, so that nothing stands between a slider and its figure.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from qdecon.data import load
from qdecon.errors import QdeconError
from qdecon.explore import markup
from qdecon.explore.choice import CHANCES, Choice, first_choice, from_query, language_of, nothing_assumed
from qdecon.explore.handles import address, headed, kind, put, same, show, slider
from qdecon.explore.screen import View, needed, others, view
from qdecon.explore.topic import (
    AS_IN,
    MODEL,
    TOPICS,
    Topic,
    left,
    mode,
    moved,
    renamed,
    shocked,
    spread,
    start,
    stated,
    taken,
    widened,
)
from qdecon.explore.words import WORDS
from qdecon.scenario import LEVERS, SHAPES, accounts_to, ahead, from_toml, to_toml
from qdecon.sources import presets, read_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qdecon.data import Dataset

PAUSE = 0.4  # seconds without a movement before what takes longer is formed
SOLVED = ("real_growth", "nominal_growth", "deflator", "nation_growth", "province_growth",
          "manufacturing_outgrowth", "services_outgrowth")  # fmt: skip


class Page(widgets.VBox):  # type: ignore[misc]
    """The page of one reader.

    Parameters
    ----------
    dataset : Dataset
    query : str
        End of the address that was opened.
    language : {"zh", "en"}
        Where the address names none.
    """

    def __init__(self, dataset: Dataset, query: str = "", language: Any = "zh") -> None:
        self.dataset, self.silent = dataset, False
        self.pending: asyncio.Task[None] | None = None
        self.ready = {name: read_scenario(name) for name in presets()}
        self.starts: dict[tuple[str, str], float] = {}
        self.choice, wrong = first_choice(dataset, language_of(query, language)), ""
        try:
            self.choice = from_query(dataset, query, language)
        except QdeconError as error:
            wrong = markup.complaint(error, self.choice.language, linked=True)
        self._build()
        super().__init__(self._boxes())
        self.add_class("explore")
        self.choose(self.choice)
        self.wrong.value = wrong or self.wrong.value

    def __repr__(self) -> str:
        return view(self.dataset, self.choice).verdict.sentence[self.choice.language]

    def choose(self, choice: Choice) -> None:
        """Show a choice; if it cannot be shown, say why and keep what is there."""
        try:
            seen = view(self.dataset, choice)
            shown = markup.finding(seen), markup.answer(seen), markup.link(choice, address()), markup.file(choice)
        except QdeconError as error:
            self.wrong.value = markup.complaint(error, choice.language)
            return
        self._hold(choice)  # no old file stands beside a new figure
        self.choice, self.wrong.value = choice, ""
        for widget, html in zip((self.finding, self.answer, self.link, self.file), shown, strict=True):
            widget.value = html
        self._sync()
        with suppress(RuntimeError):  # no kernel around: whoever wants the rest calls `finish`
            self.pending = asyncio.get_running_loop().create_task(self.finish(seen, PAUSE))

    # What the page is made of ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.head, self.wrong, self.finding, self.answer, self.reason = (widgets.HTML() for _ in range(5))
        self.finding.add_class("explore-finding")
        self.way, self.targets, self.files, self.link, self.file = (widgets.HTML() for _ in range(5))
        self.titles = {name: widgets.HTML() for name in ("assumptions", "needed", "keep")}
        self.language = self._control(
            widgets.ToggleButtons(options=[("中文", "zh"), ("English", "en")]), self._set_language
        )
        self.target = self._control(widgets.Dropdown(), lambda value: replace(self.choice, target=value))
        self.preset = self._control(widgets.Dropdown(), self._set_preset)
        self.modes, self.sliders, self.price = {}, {}, {}
        for topic in TOPICS:
            self.modes[topic.id] = self._control(widgets.Dropdown(), self._mode(topic))
            self.sliders[topic.id] = self._control(slider(topic.low, topic.high), self._slide(topic))
            if f"{topic.id}_price" in LEVERS:
                self.price[topic.id] = self._control(slider(topic.low, topic.high), self._set(f"{topic.id}_price"))
        self.city = self._control(widgets.Dropdown(), self._set_city)
        self.years = [self._control(widgets.Dropdown(), self._set_city) for _ in range(2)]
        self.spread = self._control(slider(0.0, 5.0), lambda value: self._with(widened(self.dataset, self._now, value)))
        self.fall = self._control(slider(0.0, 15.0), self._set_shock)
        self.fall_year = self._control(widgets.Dropdown(), self._set_shock)
        self.recovery = self._control(slider(0.0, 100.0, 10.0, ".0f"), self._set_shock)
        self.reset = widgets.Button()
        self.reset.on_click(lambda _: self.choose(self._with(nothing_assumed(self.dataset))))
        self.lever = self._control(widgets.Dropdown(), lambda value: replace(self.choice, lever=value))
        self.by = self._control(widgets.ToggleButtons(), lambda value: replace(self.choice, by=value))
        self.shape = self._control(widgets.ToggleButtons(), lambda value: replace(self.choice, shape=value))
        self.toml = widgets.Textarea(rows=8, layout=widgets.Layout(width="100%"), continuous_update=False)
        self.toml.add_class("explore-toml")
        self.apply = widgets.Button()
        self.apply.on_click(lambda _: self._read())

    def _boxes(self) -> list[widgets.Widget]:
        hands: list[widgets.Widget] = [self.target, self.preset, self.reason, self.titles["assumptions"]]
        for topic in TOPICS:
            hands += [self.modes[topic.id], self.sliders[topic.id]]
            hands += [self.price[topic.id]] if topic.id in self.price else []
            hands += [self.city, *self.years] if topic.id == "growth" else []
        hands += [self.spread, self.fall, self.fall_year, self.recovery, self.reset]
        seen = [
            self.answer, self.targets, self.titles["needed"], self.lever, self.by, self.shape, self.way,
            self.titles["keep"], self.files, self.link, self.toml, self.apply, self.file,
        ]  # fmt: skip
        left_box, right_box = widgets.VBox(hands), widgets.VBox(seen)
        left_box.add_class("explore-controls")
        right_box.add_class("explore-view")
        return [self.language, self.head, self.wrong, self.finding, widgets.HBox([left_box, right_box])]

    def _control(self, control: Any, chosen: Callable[[Any], Choice]) -> Any:
        """A control whose new value gives a new choice; setting it by hand of the page does nothing."""

        def heard(change: dict[str, Any]) -> None:
            if self.silent or same(change["old"], change["new"]):
                return
            try:
                choice = chosen(change["new"])
            except QdeconError as error:
                self.wrong.value = markup.complaint(error, self.choice.language)
                return
            self.choose(choice)

        control.observe(heard, names="value")
        return control

    # What a movement does --------------------------------------------------------------------------------------------

    @property
    def _now(self) -> Any:
        return self.choice.scenario

    def _with(self, scenario: Any) -> Choice:
        return replace(self.choice, scenario=scenario)

    def _set(self, lever: str) -> Callable[[float], Choice]:
        return lambda value: self._with(moved(self.dataset, self._now, lever, value))

    def _slide(self, topic: Topic) -> Callable[[float], Choice]:
        return lambda value: self._set(stated(self._now, topic) or topic.levers[0])(value)

    def _mode(self, topic: Topic) -> Callable[[str], Choice]:
        def chosen(way: str) -> Choice:
            if way == MODEL:
                return self._with(left(self.dataset, self._now, topic))
            return self._set_city(None) if way == AS_IN else self._set(way)(self._start(way))

        return chosen

    def _set_city(self, _: Any) -> Choice:
        first, last = sorted(each.value for each in self.years)
        return self._with(taken(self.dataset, self._now, self.city.value, first, last))

    def _set_preset(self, name: str) -> Choice:
        if name == "own":  # the same, to be changed from here
            return self.choice
        return self._with(nothing_assumed(self.dataset) if name == "baseline" else self.ready[name])

    def _set_language(self, language: Any) -> Choice:
        return replace(self.choice, language=language)

    def _set_shock(self, _: Any) -> Choice:
        made = shocked(self.dataset, self._now, self.fall_year.value, self.fall.value, self.recovery.value / 100)
        return self._with(made)

    def _read(self) -> None:
        try:
            scenario = from_toml(self.toml.value, WORDS["text"][self.choice.language])
        except QdeconError as error:
            self.wrong.value = markup.complaint(error, self.choice.language)
            return
        self.choose(self._with(renamed(self.dataset, scenario)))

    # What a choice looks like ----------------------------------------------------------------------------------------

    def _start(self, lever: str) -> float:
        """Where the slider of a lever stands as long as the model has its way."""
        key = (self.choice.target, lever)
        if key not in self.starts:
            base = accounts_to(self.dataset, self.dataset.plan.target(self.choice.target))
            self.starts[key] = round(start(self.dataset, base, lever), 1)
        return self.starts[key]

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self.silent = True
        try:
            yield
        finally:
            self.silent = False

    def _sync(self) -> None:
        """Set every control to what the choice says, in its language."""
        language, scenario = self.choice.language, self._now
        said = {name: word[language] for name, word in WORDS.items()}
        named = {lever: headed(LEVERS[lever].name[language], LEVERS[lever].unit[language]) for lever in LEVERS}
        with self._quietly():
            for name, title in self.titles.items():
                title.value = f"<h2>{said[name]}</h2>"
            self.head.value = markup.head(self.choice, self.dataset.as_of.isoformat())
            self.reason.value = markup.reason(self.dataset, scenario, language)
            put(self.language, said["language"], language)
            targets = [(self.dataset.plan.target(name).label[language], name) for name in ahead(self.dataset)]
            put(self.target, said["target"], self.choice.target, targets)
            ready = [(each.name[language], name) for name, each in self.ready.items()]
            nothing = scenario == nothing_assumed(self.dataset)
            preset = "baseline" if nothing else scenario.id if self.ready.get(scenario.id) == scenario else "own"
            put(self.preset, said["preset"], preset, [(said["own"], "own"), *ready])
            for topic in TOPICS:
                self._sync_topic(topic, said, named)
            self._sync_city(said)
            put(self.spread, said["spread"], spread(scenario))
            shock = scenario.shocks[0] if scenario.shocks else None
            years = accounts_to(self.dataset, self.dataset.plan.target(self.choice.target)).years
            put(self.fall, said["fall"], shock.fall if shock else 0.0)
            put(self.fall_year, said["fall_year"], shock.year if shock and shock.year in years else years[0], years)
            put(self.recovery, said["recovery"], 100 * shock.recovery if shock else 0.0)
            for each in (self.fall_year, self.recovery):
                show(each, shown=shock is not None)
            solved = [(named[lever], lever) for lever in dict.fromkeys((*SOLVED, self.choice.lever))]
            put(self.lever, said["solve"], self.choice.lever, solved)
            put(self.by, said["by"], self.choice.by, [(f"{each:.0%}", each) for each in CHANCES])
            put(self.shape, said["shape"], self.choice.shape, [(said[each], each) for each in SHAPES])
            self.reset.description, self.apply.description = said["reset"], said["apply"]
            self.toml.description, self.toml.value = said["toml"], to_toml(scenario)

    def _sync_topic(self, topic: Topic, said: dict[str, str], named: dict[str, str]) -> None:
        scenario, lever = self._now, stated(self._now, topic)
        modes = [(said[MODEL], MODEL), *((said.get(each) or said[kind(each)], each) for each in topic.levers)]
        modes += [(said[AS_IN], AS_IN)] if topic.id == "growth" else []
        put(self.modes[topic.id], said[topic.id], mode(scenario, topic), modes)
        assumed = scenario.of(lever or topic.levers[0])
        value = self._start(topic.levers[0]) if assumed is None else assumed.values[0]
        put(self.sliders[topic.id], named[lever or topic.levers[0]], value)
        if topic.id in self.price:
            partner = scenario.of(f"{topic.id}_price")
            put(self.price[topic.id], named[f"{topic.id}_price"], partner.values[0] if partner else 0.0)
            show(self.price[topic.id], shown=partner is not None)
        if topic.id == "prices":
            self.sliders[topic.id].disabled = scenario.of("nominal_growth") is not None

    def _sync_city(self, said: dict[str, str]) -> None:
        english, panel = self.dataset.peers.names_en, self.dataset.peers.cities
        names = [(english[each] if self.choice.language == "en" else each, each) for each in panel.places]
        put(self.city, said["city"], self.city.value or panel.places[0], names)
        known = range(2001, panel.last + 1)
        for each, name, default in zip(self.years, ("from_year", "to_year"), (panel.last - 2, panel.last), strict=True):
            put(each, said[name], each.value or default, known)
        for each in (self.city, *self.years):
            show(each, shown=self.modes["growth"].value == AS_IN)

    # What follows after a pause --------------------------------------------------------------------------------------

    def _hold(self, choice: Choice) -> None:
        """Call off what is being formed, and say that more is to come."""
        if self.pending is not None:
            self.pending.cancel()
        self.way.value = self.files.value = f'<p class="quiet">{WORDS["preparing"][choice.language]}</p>'

    async def finish(self, seen: View, pause: float = 0.0) -> None:
        """Form what takes longer than a blink: the needed path, the other targets, the files."""
        await asyncio.sleep(pause)
        choice, language = seen.choice, seen.choice.language
        try:
            self.way.value = markup.way(await asyncio.to_thread(needed, self.dataset, choice), language)
            self.targets.value = markup.all_targets(await asyncio.to_thread(others, self.dataset, choice), language)
        except QdeconError as error:
            self.way.value = markup.complaint(error, language)
        chart, links = markup.poster(seen), list[str]()
        for file in markup.FILES:
            await asyncio.sleep(0)  # a movement comes first
            links.append(markup.download(seen, chart, file))
        self.files.value = markup.downloads(links, language)


def page(dataset: Dataset | str, as_of: str | None = None, query: str = "", language: Any = "zh") -> Page:
    """The page as a widget, for a notebook or a server.

    Parameters
    ----------
    dataset : Dataset or str
        A dataset, or the name or folder of a plan.
    as_of : str, optional
        With a name: show what was known on this day, ``YYYY-MM-DD``.
    query : str
        End of the address that was opened.
    language : {"zh", "en"}
        Where the address names none.
    """
    return Page(load(dataset, as_of) if isinstance(dataset, str) else dataset, query, language)
