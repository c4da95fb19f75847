"""Autocorrelated noise around a level: how strong it is, and series made of it.

Noise = AR(1), standardised, over the square root of the weights; buckets without a value leave
their gap in time. Estimates of autocorrelation are biased downwards, the more so after a best
stretch was fitted: indirect inference (Gouriéroux, Monfort & Renault 1993) undoes it by asking
which autocorrelation makes simulated series look like the one at hand.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.segmentation import best_stretch, without_stretch

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_AUTOCORRELATIONS = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.92])
_REPLICATES_EACH = 199
_SEED = 1997
_TINY = 1e-12  # residuals of a series without noise


class ArNoise:
    """Noise on buckets at `position` (n,), increasing, with weights `w` (n,), variance 1 / w.

    Residuals are (n, k), a series a column, from the best stretch that stops at one of `stops`.
    """

    def __init__(self, w: Floats, position: Ints, stops: Sequence[int]) -> None:
        self._w, self._root, self._stops = w, np.sqrt(w)[:, None], stops
        self._gaps = np.diff(position)
        # Noise that is autocorrelated only in part shows at longer lags what lag 1 hides. How many
        # lags a series can bear: the rule of thumb of Stock & Watson, 0.75 n^(1/3).
        lags = max(1, int(0.75 * len(w) ** (1 / 3)))
        usual = int(np.bincount(self._gaps).argmax())
        self._pairs = [_pairs(position, usual * lag) for lag in range(1, lags + 1)]
        self._rng = np.random.default_rng(_SEED)
        shocks = np.tile(self._shocks(_REPLICATES_EACH), len(_AUTOCORRELATIONS))
        made = self._made(np.repeat(_AUTOCORRELATIONS, _REPLICATES_EACH), shocks)
        _, start, stop = best_stretch(made, w, stops)
        seen = self._correlations(without_stretch(made, w, start, stop))
        seen = seen.reshape(len(_AUTOCORRELATIONS), -1)
        self._typical = np.maximum.accumulate(np.median(seen, axis=1))
        self._spread = np.maximum(seen.std(axis=1), _TINY)

    def autocorrelation(self, residuals: Floats) -> Floats:
        """AR(1) coefficients (k,) behind residuals, in 0 … 0.92."""
        seen = self._correlations(residuals)
        return np.asarray(np.interp(seen, self._typical, _AUTOCORRELATIONS))

    def long_run_variance(self, residuals: Floats, parameters: int) -> Floats:
        """Variance of the mean × n, in units of 1 / w, (k,); `parameters` were fitted."""
        variance = (self._w @ residuals**2) / max(1, len(self._w) - parameters)
        rho = self.autocorrelation(residuals)
        return np.asarray(np.maximum(variance, _TINY) * (1 + rho) / (1 - rho))

    def misfit(self, residuals: Floats) -> float:
        """-2 log-likelihood of one series of residuals (n,), but for a constant, at its best.

        Over the variance, and over the autocorrelations that are simulated.
        """
        z = residuals * self._root[:, 0]
        kept = _AUTOCORRELATIONS[:, None] ** self._gaps
        innovation = z[0] ** 2 + ((z[1:] - kept * z[:-1]) ** 2 / (1 - kept**2)).sum(axis=1)
        variance = np.maximum(innovation / len(z), _TINY)
        return float((len(z) * np.log(variance) + np.log(1 - kept**2).sum(axis=1)).min())

    def plausible(self, residuals: Floats, count: int) -> Floats:
        """`count` AR(1) coefficients, increasing, that may be behind residuals (n, 1).

        In a short series many may be, so each comes as often as is its likelihood, all being
        equally likely beforehand.
        """
        rho = np.linspace(0, _AUTOCORRELATIONS[-1], 93)
        typical = np.interp(rho, _AUTOCORRELATIONS, self._typical)
        spread = np.interp(rho, _AUTOCORRELATIONS, self._spread)
        off = (self._correlations(residuals) - typical) / spread
        likely = np.exp((np.min(off**2) - off**2) / 2) / spread
        share = (np.arange(count) + 0.5) / count
        return np.asarray(np.interp(share, likely.cumsum() / likely.sum(), rho))

    def simulate(self, rho: Floats) -> Floats:
        """Series of noise (n, k), one for each AR(1) coefficient in `rho` (k,)."""
        return self._made(rho, self._shocks(len(rho)))

    def statistics(self, y: Floats) -> tuple[Floats, Floats]:
        """Gain of the best stretch over the long-run variance of the rest; those residuals."""
        gain, start, stop = best_stretch(y, self._w, self._stops)
        residuals = without_stretch(y, self._w, start, stop)
        return gain / self.long_run_variance(residuals, 3), residuals

    def _shocks(self, count: int) -> Floats:
        return self._rng.standard_normal((len(self._w), count))

    def _made(self, rho: Floats, shocks: Floats) -> Floats:
        noise = shocks.copy()
        for t, gap in enumerate(self._gaps, start=1):
            kept = rho**gap
            noise[t] = kept * noise[t - 1] + np.sqrt(1 - kept**2) * shocks[t]
        return np.asarray(noise / self._root)

    def _correlations(self, residuals: Floats) -> Floats:
        """Sum of the autocorrelations at the first multiples of the usual gap, (k,)."""
        z = residuals * self._root
        total = np.zeros(z.shape[1])
        for earlier, later in self._pairs:
            total += np.einsum("ij,ij->j", z[earlier], z[later]) / max(1, len(earlier))
        return np.asarray(total / np.maximum(np.mean(z**2, axis=0), _TINY))


def _pairs(position: Ints, lag: int) -> tuple[Ints, Ints]:
    """Indices of the buckets that lie `lag` apart."""
    later = np.searchsorted(position, position + lag).clip(max=len(position) - 1)
    earlier = np.flatnonzero(position[later] == position + lag)
    return earlier, later[earlier]
