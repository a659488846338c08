"""What all tests share: the depth of the property tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# `make test` draws the same examples on every machine and every run; `make soak` draws new ones, and many more.
settings.register_profile("gate", derandomize=True, deadline=None, max_examples=50, database=None)
settings.register_profile("soak", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gate")
