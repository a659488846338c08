"""Identities between figures: parts sum to their whole, shares agree with the levels they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.data.observations import FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qdecon.data.indicators import Indicator
    from qdecon.data.inspection import Inspector
    from qdecon.data.observations import Observation

Cell = tuple[str, str, str, str]  # indicator, period, basis, vintage


def check_identities(
    inspector: Inspector, indicators: Mapping[str, Indicator], observations: Sequence[Observation]
) -> None:
    """Report sums and shares that are off by more than the rounding of the printed figures."""
    cells: dict[Cell, Observation] = {}
    for item in observations:
        if item.use == "yes" and item.value is not None and item.usable:
            cells[item.indicator, item.period.label, item.basis, item.vintage] = item
    for (name, period, basis, vintage), whole in cells.items():
        indicator = indicators[name]
        parts = [cells.get((part, period, basis, vintage)) for part in indicator.parts]
        if indicator.parts and all(parts):
            _check_sum(inspector, whole, [part for part in parts if part is not None])
        if indicator.kind == "share" and indicator.numerator and indicator.denominator and whole.evidence != "derived":
            numerator = cells.get((indicator.numerator, period, basis, vintage))
            denominator = cells.get((indicator.denominator, period, basis, vintage))
            if numerator is not None and denominator is not None:
                _check_share(inspector, whole, numerator, denominator)
    for item in cells.values():
        cap = indicators[item.indicator].ceiling
        above = cells.get((cap, item.period.label, item.basis, item.vintage)) if cap else None
        if above is not None and (item.value or 0) > (above.value or 0) + above.half_step + item.half_step:
            what = f"{item.indicator} exceeds its ceiling {cap} ({item.value} > {above.value})"
            inspector.report(what, FILE, item.row, "value", "check both figures; one of them is another concept")


def _check_sum(inspector: Inspector, whole: Observation, parts: Sequence[Observation]) -> None:
    total = sum(part.value or 0.0 for part in parts)
    allowed = whole.half_step + sum(part.half_step for part in parts)
    if abs(total - (whole.value or 0.0)) > allowed + 1e-9:
        names = " + ".join(part.indicator for part in parts)
        rows = ", ".join(str(part.row) for part in parts)
        what = f"{names} = {total:.2f} (rows {rows}), but {whole.indicator} = {whole.value} in {whole.period.label}"
        inspector.report(
            what, FILE, whole.row, "value", "check the digits against the quotations, or mark the conflict"
        )


def _check_share(inspector: Inspector, share: Observation, part: Observation, whole: Observation) -> None:
    implied = 100 * (part.value or 0.0) / (whole.value or 1.0)
    # a printed structure is made to sum to 100, so a share may differ by a whole last digit
    allowed = 2 * share.half_step + 100 * part.half_step / (whole.value or 1.0)
    if abs(implied - (share.value or 0.0)) > allowed + 1e-3:
        what = (
            f"{share.indicator} is {share.value} %, the levels of rows {part.row} and {whole.row} give {implied:.2f} %"
        )
        inspector.report(what, FILE, share.row, "value", "check the digits and the basis, or mark the conflict")
