"""Scores of point paths, intervals and stated probabilities, and the test whether one forecaster beats another.

An unknown outcome (NaN) is never a nought: its score is NaN, and a mean is taken over the known outcomes only, NaN if
there is none. A forecast that is missing where the outcome is known makes the mean NaN: nobody gains by silence.
Lower is better wherever a name says error, score, loss or CRPS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models.protocol import Array

PIT_LEVELS: Array = np.arange(1, 22) / 22
PIT_LEVELS.setflags(write=False)
FEWEST_LOSSES = 10


def naive_scale(values: Array) -> Array:
    """Mean absolute yearly change in sample: what the naive forecast errs by one year ahead.

    Parameters
    ----------
    values : ndarray, shape (series, years)
        Past values, oldest first; NaN where a shorter series is padded.

    Returns
    -------
    ndarray, shape (series,)
        In the unit of the values. Source: Hyndman and Koehler (2006).

    Examples
    --------
    >>> naive_scale(np.array([[100.0, 104.0, 102.0]]))
    array([3.])
    """
    changes = np.diff(values, axis=-1)
    return _mean_of_known(np.abs(changes), changes)


def mean_absolute_scaled_error(outcome: Array, path: Array, scale: Array) -> Array:
    """Mean absolute error over the horizon, in units of the naive error in sample (MASE).

    Parameters
    ----------
    outcome, path : ndarray, shape (series, horizon)
    scale : ndarray, shape (series,)
        From :func:`naive_scale`.

    Returns
    -------
    ndarray, shape (series,)
        NaN where the scale is 0. Source: Hyndman and Koehler (2006).

    Examples
    --------
    >>> mean_absolute_scaled_error(np.array([[110.0, 108.0]]), np.array([[104.0, 105.0]]), np.array([3.0]))
    array([1.5])
    """
    return _scaled(_mean_of_known(np.abs(outcome - path), outcome), scale)


def symmetric_percentage_error(outcome: Array, path: Array) -> Array:
    """Mean over the horizon of ``200 |y - f| / (|y| + |f|)`` (sMAPE), only to compare with the M competitions.

    Parameters
    ----------
    outcome, path : ndarray, shape (series, horizon)

    Returns
    -------
    ndarray, shape (series,)
        In per cent, from 0 to 200; 0 where outcome and path are both 0. Source: Makridakis, Spiliotis and
        Assimakopoulos (2020), the M4 competition.

    Examples
    --------
    >>> symmetric_percentage_error(np.array([[110.0]]), np.array([[90.0]]))
    array([20.])
    """
    size = np.abs(outcome) + np.abs(path)
    return _mean_of_known(200 * np.abs(outcome - path) / np.where(size == 0, 1.0, size), outcome)


def overall_weighted_average(smape: float, mase: float, smape_naive: float, mase_naive: float) -> float:
    """Mean of sMAPE and MASE, each relative to the naive forecast's (OWA); below 1 beats the naive forecast.

    The four arguments are means over all series. Source: Makridakis, Spiliotis and Assimakopoulos (2020).

    Examples
    --------
    >>> round(overall_weighted_average(13.176, 2.980, 16.342, 3.974), 3)  # the winner of M4, yearly series
    0.778
    """
    return (smape / smape_naive + mase / mase_naive) / 2


def interval_score(outcome: Array, low: Array, high: Array, level: float) -> Array:
    """Width of the interval plus ``2 / (1 - level)`` times the distance by which the outcome falls outside.

    Parameters
    ----------
    outcome, low, high : ndarray
        Of one shape, in the unit of the series.
    level : float
        Coverage promised, a fraction: 0.80 or 0.95.

    Returns
    -------
    ndarray
        Of the same shape and unit. Source: Gneiting and Raftery (2007).

    Raises
    ------
    NotAvailable
        If the level does not lie between 0 and 1.

    Examples
    --------
    >>> interval_score(np.array([5.0, 9.0]), np.array([4.0, 4.0]), np.array([8.0, 8.0]), 0.80)
    array([ 4., 14.])
    """
    if not 0 < level < 1:
        raise NotAvailable(f"no interval promises {level:g}", "argument level", "give a fraction such as 0.80")
    outside = np.maximum(low - outcome, 0) + np.maximum(outcome - high, 0)
    return high - low + 2 / (1 - level) * outside


def mean_scaled_interval_score(outcome: Array, low: Array, high: Array, level: float, scale: Array) -> Array:
    """Mean interval score over the horizon, in units of the naive error in sample (MSIS).

    Parameters
    ----------
    outcome, low, high : ndarray, shape (series, horizon)
    level : float
        Coverage promised, a fraction.
    scale : ndarray, shape (series,)
        From :func:`naive_scale`.

    Returns
    -------
    ndarray, shape (series,)
        NaN where the scale is 0. Source: Makridakis, Spiliotis and Assimakopoulos (2020).

    Examples
    --------
    >>> outcome, low, high = np.array([[5.0, 9.0]]), np.array([[4.0, 4.0]]), np.array([[8.0, 8.0]])
    >>> mean_scaled_interval_score(outcome, low, high, 0.80, np.array([3.0]))
    array([3.])
    """
    return _scaled(_mean_of_known(interval_score(outcome, low, high, level), outcome), scale)


def pinball_loss(outcome: Array, quantile: Array, level: Array | float) -> Array:
    """Loss of one stated quantile: ``level`` times an error above it, ``1 - level`` times one below.

    The arguments are broadcast against each other; the loss is in the unit of the outcome. Source: Koenker and Bassett
    (1978).

    Examples
    --------
    >>> pinball_loss(np.array([12.0, 8.0]), np.array([10.0, 10.0]), 0.9)
    array([1.8, 0.2])
    """
    error = outcome - quantile
    return np.asarray(np.maximum(level * error, (level - 1) * error))


def crps_quantiles(outcome: Array, quantiles: Array, levels: Array) -> Array:
    """Twice the mean pinball loss over the levels: the CRPS, as far as these quantiles tell it.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
    quantiles : ndarray, shape (n, k)
    levels : ndarray, shape (k,)
        Fractions, evenly spaced if the result is to approach the CRPS.

    Returns
    -------
    ndarray, shape (n,)
        In the unit of the outcome. Source: Gneiting and Ranjan (2011).

    Examples
    --------
    >>> crps_quantiles(np.array([12.0]), np.array([[9.0, 10.0, 11.0]]), np.array([0.25, 0.50, 0.75]))
    array([1.66666667])
    """
    return np.asarray(2 * np.mean(pinball_loss(np.asarray(outcome)[..., None], quantiles, levels), axis=-1))


def crps_sample(outcome: Array, sample: Array, weights: Array | None = None) -> Array:
    """Exact CRPS of the distribution that puts its weights on the points of a finite sample.

    The sorted sample is a set of quantiles at the middles of its steps, so the score is a weighted pinball loss: no
    pair of points is formed, and no term is negative.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
    sample : ndarray, shape (n, m) or (m,)
        One sample for each outcome, or one for all.
    weights : ndarray, of the sample's last or whole shape, optional
        Not negative; need not sum to 1. Equal if not given.

    Returns
    -------
    ndarray, shape (n,)
        In the unit of the outcome. Source: Laio and Tamea (2007); equals ``E|X - y| - E|X - X'| / 2``.

    Raises
    ------
    NotAvailable
        If the sample is empty, or weights are negative or all 0.

    Examples
    --------
    >>> crps_sample(np.array([3.0, 0.0]), np.array([1.0, 3.0]))
    array([0.5, 1.5])
    """
    points = np.asarray(sample, dtype=float)
    weight = np.ones_like(points) if weights is None else np.broadcast_to(np.asarray(weights, float), points.shape)
    total = weight.sum(axis=-1, keepdims=True)
    if (weight < 0).any() or not (total > 0).all():
        raise NotAvailable("the sample has no weight to score", "arguments sample and weights", "give weights above 0")
    order = np.argsort(points, axis=-1)
    points = np.take_along_axis(points, order, axis=-1)
    weight = np.take_along_axis(weight / total, order, axis=-1)
    middles = np.cumsum(weight, axis=-1) - weight / 2
    losses = pinball_loss(np.asarray(outcome)[..., None], points, middles)
    return np.asarray(2 * np.sum(weight * losses, axis=-1))


def crps_normal(outcome: Array, mean: Array | float, spread: Array | float) -> Array:
    """CRPS of a normal distribution, in closed form.

    Parameters
    ----------
    outcome, mean, spread : ndarray or float, broadcast against each other
        The spread is the standard deviation; at 0 the score is the absolute error, below 0 it is NaN.

    Returns
    -------
    ndarray
        In the unit of the outcome. Source: Gneiting, Raftery, Westveld and Goldman (2005).

    Examples
    --------
    >>> crps_normal(np.array([7.0, 9.0]), 7.0, np.array([1.0, 0.0])).round(4)
    array([0.2337, 2. ])
    """
    from scipy.special import ndtr  # loaded only where it is needed

    z, width = _standardised(outcome, mean, spread)
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return np.asarray((outcome - mean) * (2 * ndtr(z) - 1) + width * (2 * density - 1 / np.sqrt(np.pi)))


def crps_student(outcome: Array, mean: Array | float, spread: Array | float, degrees: Array | float) -> Array:
    """CRPS of Student's t distribution moved by ``mean`` and stretched by ``spread``, in closed form.

    Parameters
    ----------
    outcome, mean, spread : ndarray or float, broadcast against each other
        The standard deviation is ``spread * sqrt(degrees / (degrees - 2))``; a spread of 0 scores the absolute error.
    degrees : ndarray or float
        Degrees of freedom; NaN unless above 1, where the mean exists.

    Returns
    -------
    ndarray
        In the unit of the outcome. Source: Jordan, Krüger and Lerch (2019).

    Examples
    --------
    >>> crps_student(np.array([7.0]), 7.0, 1.0, 5.0).round(4)
    array([0.2569])
    """
    from scipy.special import beta, stdtr

    freedom = np.where(np.asarray(degrees) > 1, degrees, np.nan)
    z, width = _standardised(outcome, mean, spread)
    root, half = np.sqrt(freedom), beta(0.5, freedom / 2)
    # f(z) (degrees + z^2), written so that it fades at infinity
    density = root / half * np.exp(-(freedom - 1) / 2 * np.log1p((z / root) ** 2))
    constant = root * beta(0.5, freedom - 0.5) / half**2
    return np.asarray((outcome - mean) * (2 * stdtr(freedom, z) - 1) + width * 2 * (density - constant) / (freedom - 1))


def coverage(outcome: Array, low: Array, high: Array) -> Array:
    """Fraction of the known outcomes inside their intervals, ends included.

    Parameters
    ----------
    outcome, low, high : ndarray, shape (n, horizon) or (n,)

    Returns
    -------
    ndarray, shape (horizon,) or ()
        To be compared with the level promised.

    Examples
    --------
    >>> coverage(np.array([[1.0, 2.0], [5.0, np.nan]]), np.zeros((2, 2)), np.full((2, 2), 3.0))
    array([0.5, 1. ])
    """
    inside = np.where(np.isnan(low) | np.isnan(high), np.nan, (low <= outcome) & (outcome <= high))
    return _mean_of_known(inside, outcome, axis=0)


def probability_integral_transform(outcome: Array, quantiles: Array, levels: Array) -> Array:
    """Fraction of the stated distribution at or below the outcome; evenly spread over 0 to 1 if it is calibrated.

    Between two quantiles the fraction is interpolated; beyond the outermost, where nothing is stated, it is 0 or 1.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
    quantiles : ndarray, shape (n, k)
        Finite, never falling along a row.
    levels : ndarray, shape (k,)
        Fractions, rising.

    Returns
    -------
    ndarray, shape (n,)
        Source: Dawid (1984).

    Raises
    ------
    NotAvailable
        If quantiles cross or levels do not rise.

    Examples
    --------
    >>> probability_integral_transform(np.array([2.5, 9.0]), np.array([[1.0, 2.0, 3.0]] * 2), np.array([0.1, 0.5, 0.9]))
    array([0.7, 1. ])
    """
    outcome, levels = np.asarray(outcome, dtype=float), np.asarray(levels, dtype=float)
    if (np.diff(levels) <= 0).any() or (np.diff(quantiles, axis=-1) < 0).any():
        raise NotAvailable("the quantiles cross", "arguments quantiles and levels", "sort both, lowest first")
    below = np.sum(quantiles <= outcome[:, None], axis=-1)  # how many quantiles are at or below: ties count as reached
    left, right = np.maximum(below - 1, 0), np.minimum(below, levels.size - 1)
    row = np.arange(len(outcome))
    start, gap = quantiles[row, left], quantiles[row, right] - quantiles[row, left]
    part = (outcome - start) / np.where(gap == 0, np.inf, gap)
    inner = levels[left] + part * (levels[right] - levels[left])
    placed = np.where(outcome < quantiles[:, 0], 0.0, np.where(outcome > quantiles[:, -1], 1.0, inner))
    return np.where(np.isnan(outcome) | np.isnan(quantiles).any(axis=-1), np.nan, placed)


def rank(outcome: Array, sample: Array) -> Array:
    """Fraction of a sample below the outcome, points equal to it counting half.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
    sample : ndarray, shape (n, m) or (m,)

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> rank(np.array([3.0, np.nan]), np.array([1.0, 2.0, 3.0, 4.0]))
    array([0.625, nan])
    """
    points, at = np.asarray(sample, dtype=float), np.asarray(outcome, dtype=float)[..., None]
    steps = np.where(np.isnan(points) | np.isnan(at), np.nan, ((points < at) + 0.0 + (points <= at)) / 2)
    return np.asarray(steps.mean(axis=-1))


def pit_error(pit: Array, levels: Array = PIT_LEVELS) -> float:
    """How far PIT values are from an even spread: mean over levels of ``|share at or below the level - level|``.

    Parameters
    ----------
    pit : ndarray, shape (n,)
        From :func:`probability_integral_transform` or :func:`rank`.
    levels : ndarray, shape (k,)
        Fractions; 1/22 to 21/22 by default.

    Returns
    -------
    float
        0 if calibrated, at most about 0.5; NaN if no value is known.

    Examples
    --------
    >>> round(pit_error(np.full(10, 0.5)), 3)  # every outcome in the middle: far too wide
    0.262
    """
    pit = np.asarray(pit, dtype=float)
    known = pit[~np.isnan(pit)]
    if not known.size:
        return float("nan")
    share = np.searchsorted(np.sort(known), levels, side="right") / known.size
    return float(np.mean(np.abs(share - levels)))


def brier_score(probability: Array, event: Array) -> Array:
    """Squared distance of a stated probability from what happened, case by case.

    Parameters
    ----------
    probability : ndarray, shape (n,)
        Fractions.
    event : ndarray, shape (n,)
        1 or True if it happened, 0 or False if not, NaN if not known.

    Returns
    -------
    ndarray, shape (n,)
        From 0 to 1. Source: Brier (1950).

    Examples
    --------
    >>> brier_score(np.array([0.8, 0.8]), np.array([1.0, 0.0]))
    array([0.04, 0.64])
    """
    return np.asarray(np.square(np.asarray(probability, dtype=float) - np.asarray(event, dtype=float)))


def brier_skill(probability: Array, event: Array, reference: Array | float) -> float:
    """Share of the reference's mean Brier score that the probabilities save: ``1 - score / score of the reference``.

    Parameters
    ----------
    probability, event : ndarray, shape (n,)
    reference : ndarray, shape (n,), or float
        Probabilities of the reference, such as one base rate for all.

    Returns
    -------
    float
        1 at best, 0 if no better than the reference; NaN if the reference is never wrong or no event is known.

    Examples
    --------
    >>> brier_skill(np.array([0.8, 0.2]), np.array([1.0, 0.0]), 0.5)
    0.84
    """
    event = np.asarray(event, dtype=float)
    own, other = (_mean_of_known(brier_score(stated, event), event) for stated in (probability, np.asarray(reference)))
    return float(1 - _scaled(own, other))


@dataclass(frozen=True)
class Comparison:
    """Whether the losses of two forecasters differ by more than chance.

    Attributes
    ----------
    statistic : float
        Student's t with ``n - 1`` degrees of freedom; below 0 if the first forecaster has the smaller losses.
    p_value : float
        Two-sided.
    n : int
        Pairs of losses compared.
    mean_difference : float
        Mean of first minus second, in the unit of the losses.
    """

    statistic: float
    p_value: float
    n: int
    mean_difference: float


def diebold_mariano(loss_one: Array, loss_two: Array, horizon: int = 1) -> Comparison:
    """Test of equal accuracy in its small-sample form.

    Parameters
    ----------
    loss_one, loss_two : ndarray, shape (n,)
        Losses of the same cases in order of time; pairs with a NaN are left out.
    horizon : int
        Years ahead: errors of overlapping forecasts are correlated up to ``horizon - 1`` years apart. Their long-run
        variance is weighted by the Bartlett kernel, so that it is never negative.

    Returns
    -------
    Comparison
        Source: Diebold and Mariano (1995); Harvey, Leybourne and Newbold (1997).

    Raises
    ------
    NotAvailable
        If there are fewer than 10 pairs or no more than the horizon, if a loss is infinite, or if all differences of
        the losses are the same.

    Examples
    --------
    >>> losses = np.array([1.0, 3, 2, 4, 2, 3, 1, 5, 2, 4])
    >>> found = diebold_mariano(losses, losses[::-1] + 1)
    >>> round(found.statistic, 2), round(found.p_value, 2), found.n, found.mean_difference
    (-1.25, 0.24, 10, -1.0)
    """
    from scipy.special import stdtr

    one, two = np.asarray(loss_one, dtype=float), np.asarray(loss_two, dtype=float)
    if np.isinf(one).any() or np.isinf(two).any():
        raise NotAvailable("a loss is infinite", "arguments loss_one and loss_two", "leave that case out of both")
    difference = (one - two)[~np.isnan(one - two)]
    n = difference.size
    if n < FEWEST_LOSSES or not 1 <= horizon < n:
        raise NotAvailable(
            f"{n} pairs of losses {horizon} years ahead show no difference that could be told from chance",
            "arguments loss_one, loss_two and horizon",
            f"give at least {FEWEST_LOSSES} pairs, and more than the horizon, which is 1 or more",
        )
    mean = float(difference.mean())
    centred = difference - mean
    lags = np.arange(1, horizon)
    covariances = np.array([centred[lag:] @ centred[:-lag] for lag in lags]) / n
    variance = float(centred @ centred / n + 2 * (1 - lags / horizon) @ covariances)
    if not variance > (1e-12 * float(np.nanmax(np.abs([one, two])))) ** 2:
        raise NotAvailable(
            "the losses differ by the same amount in every case", "arguments loss_one and loss_two", "compare the means"
        )
    correction = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n
    statistic = mean / float(np.sqrt(variance / n)) * float(np.sqrt(correction))
    return Comparison(statistic, 2 * float(stdtr(n - 1, -abs(statistic))), n, mean)


def _mean_of_known(loss: Array, outcome: Array, axis: int = -1) -> Array:
    """Mean along an axis over the cases whose outcome is known; NaN if there is none."""
    known = ~np.isnan(outcome)
    count = known.sum(axis=axis)
    return np.asarray(np.sum(loss, axis=axis, where=known) / np.where(count == 0, np.nan, count))


def _scaled(score: Array, scale: Array) -> Array:
    return np.asarray(score / np.where(np.asarray(scale) == 0, np.nan, scale))


def _standardised(outcome: Array, mean: Array | float, spread: Array | float) -> tuple[Array, Array]:
    """The outcome in spreads from the mean, held to what can be squared, and the spread, NaN if negative."""
    width = np.where(np.asarray(spread) < 0, np.nan, spread)
    with np.errstate(over="ignore"):
        distance = np.clip((outcome - mean) / np.where(width == 0, 1.0, width), -1e9, 1e9)
    return np.where(width == 0, np.sign(outcome - mean) * 1e9, distance), width
