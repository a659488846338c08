"""Which indicator a header or row label names: by the mapping file, by id, or by name, exactly and never nearly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qdecon.data.indicators import Indicator
from qdecon.sources.tables.layout import same
from qdecon.sources.tables.mapping import SeriesRule
from qdecon.sources.tables.units import Units, split_unit


@dataclass(frozen=True)
class Named:
    """What a label names.

    Attributes
    ----------
    indicator : str
        Id; empty if it names none.
    unit : str
        In brackets behind the name; empty if there is none, or if the brackets belong to the name.
    rule : SeriesRule or None
        Of the mapping file.
    reason : str
        Why it names none.
    """

    indicator: str
    unit: str = ""
    rule: SeriesRule | None = None
    reason: str = ""


class Naming:
    """Finds the indicator of a label; ``used`` notes the names of the mapping file that were found.

    Examples
    --------
    >>> from qdecon.sources.tables.units import declared_units
    >>> from qdecon import load
    >>> naming = Naming(load("qingdao").indicators, (), declared_units())
    >>> naming.of("地区生产总值（亿元）")
    Named(indicator='gdp', unit='亿元', rule=None, reason='')
    >>> naming.of("海信集团收入（美元）").unit, naming.of("生产总值").indicator
    ('', '')
    """

    def __init__(self, indicators: Mapping[str, Indicator], rules: Sequence[SeriesRule], units: Units) -> None:
        self.units = units
        self.rules = {same(rule.name): rule for rule in rules}
        self.used: set[str] = set()
        self.ids: dict[str, set[str]] = {}
        for each in indicators.values():
            for name in (each.id, each.name.zh, each.name.en):
                self.ids.setdefault(same(name), set()).add(each.id)
        self.known: dict[str, Named] = {}

    def of(self, label: str) -> Named:
        """What a label names."""
        if label not in self.known:
            self.known[label] = self._of(same(label))
        return self.known[label]

    def _of(self, whole: str) -> Named:
        name, unit = split_unit(whole, self.units)
        for words, behind in ((whole, unit), (same(name), unit)):
            rule = self.rules.get(words)
            if rule is None:
                continue
            self.used.add(words)
            if not rule.indicator:
                return Named("", rule=rule, reason="left out by the mapping file")
            # the brackets of 海信集团收入（美元） are part of its name, and so are those that a rule with a unit names
            own = rule.indicator in self.ids.get(whole, ()) or (words == whole and rule.unit)
            return Named(rule.indicator, "" if own else behind, rule)
        for words, behind in ((whole, ""), (same(name), unit)):
            found = self.ids.get(words, set())
            if len(found) == 1:
                return Named(next(iter(found)), behind)
            if found:
                return Named("", reason=f"names more than one indicator: {', '.join(sorted(found))}")
        return Named("", reason="not understood")
