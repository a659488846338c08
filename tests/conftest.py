"""What all tests share: the depth of the property tests, and the browser."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.browser import MISSING, chromium, explore, reader

__all__ = ["chromium", "explore", "reader"]

# `make test` draws the same examples on every machine and every run; `make soak` draws new ones, and many more.
settings.register_profile("gate", derandomize=True, deadline=None, max_examples=50, database=None)
settings.register_profile("soak", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gate")


def pytest_terminal_summary(terminalreporter):
    """Say it where nobody overlooks it when the pages were not looked at."""
    if any(MISSING in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())):
        terminalreporter.write_line(f"NOT TESTED: the pages in a browser, because there is {MISSING}", yellow=True)
