"""From a slider's event to the redrawn figure, measured inside, without a browser.

Every event runs the full joint distribution (all outcomes of the accounts, five years, every part), judges the target,
takes quantiles of the headline indicators and draws the figure. Beside it stands what one full figure of the same
verdict costs, drawn and packed for print, in the same run.

    python benchmarks/slider.py [events]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from dataclasses import replace

import qdecon as qd
from qdecon.charts import chart_trajectory
from qdecon.charts.export import to_png
from qdecon.explore.controls import Page

TARGET = "t06-2030"  # five years ahead


def event(page: Page, number: int) -> float:
    """Seconds that one movement of one slider takes."""
    name = list(page.sliders)[number % len(page.sliders)]
    value = page.sliders[name].value + (0.2 if number % 3 else -0.3)
    start = time.perf_counter()
    page.sliders[name].value = value
    return time.perf_counter() - start


async def moved(page: Page, events: int) -> list[float]:
    """Seconds of every event; what follows a pause is called off, as it is under a moving hand."""
    taken = []
    for number in range(events):
        taken.append(event(page, number))
        await asyncio.sleep(0)
    return taken


def main() -> None:
    """Print the median, the 95th percentile and the ratio."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    start = time.perf_counter()
    page = Page(qd.load("qingdao"), language="en")
    first = time.perf_counter() - start
    page.choose(replace(page.choice, target=TARGET))
    taken = asyncio.run(moved(page, events))
    assert not page.wrong.value
    verdict = qd.assess(page.dataset, TARGET)
    prints = []
    for _ in range(10):
        start = time.perf_counter()
        to_png(chart_trajectory(verdict, "en"))
        prints.append(time.perf_counter() - start)
    median, late = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    outcomes = len(qd.project_accounts(page.dataset, 2030).gdp)
    print(f"slider to figure: median {1000 * median:.0f} ms, 95 % within {1000 * late:.0f} ms ({events} events)")
    print(f"outcomes x years: {outcomes:,} x 5; the page before its first view: {first:.2f} s")
    print(f"slider to figure / one figure for print: {median / statistics.median(prints):.2f}")


if __name__ == "__main__":
    main()
