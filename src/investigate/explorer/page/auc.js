// AUC, its variance and its interval, from counts of outcomes by score bin: the arithmetic of
// investigate.counts.

function total(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

// The share of positives above negatives, ties half; NaN where a class is empty.
function auc(positives, negatives) {
  let below = 0;
  let wins = 0;
  let rows = 0;
  for (let bin = 0; bin < positives.length; bin++) {
    wins += positives[bin] * (below + negatives[bin] / 2);
    below += negatives[bin];
    rows += positives[bin];
  }
  return rows > 0 && below > 0 ? wins / rows / below : NaN;
}

// DeLong, DeLong & Clarke-Pearson 1988; NaN with fewer than two rows of a class.
function delongVariance(positives, negatives) {
  const m = total(positives);
  const n = total(negatives);
  if (m < 2 || n < 2) return NaN;
  const area = auc(positives, negatives);
  let below = 0;
  let up = 0;
  let ofPositives = 0;
  let ofNegatives = 0;
  for (let bin = 0; bin < positives.length; bin++) {
    const under = (below + negatives[bin] / 2) / n - area;
    const over = 1 - (up + positives[bin] / 2) / m - area;
    ofPositives += positives[bin] * under * under;
    ofNegatives += negatives[bin] * over * over;
    below += negatives[bin];
    up += positives[bin];
  }
  return ofPositives / (m * (m - 1)) + ofNegatives / (n * (n - 1));
}

// How far the AUC of the bins can lie from that of the raw scores.
function binBound(positives, negatives, exact) {
  let shared = 0;
  for (let bin = 0; bin < positives.length; bin++) {
    if (!exact[bin]) shared += positives[bin] * negatives[bin];
  }
  const pairs = total(positives) * total(negatives);
  return shared ? shared / pairs / 2 : 0;
}

// The value with its error by Student's t, cut to where it can lie.
function around(value, error, freedom, quantiles, low = -Infinity, high = Infinity) {
  if (!Number.isFinite(error) || freedom < 1) return { value, low: null, high: null };
  const reach = (quantiles[freedom] ?? quantiles[0]) * error;
  return { value, low: Math.max(value - reach, low), high: Math.min(value + reach, high) };
}

// Standard errors of both AUCs and of their change, each fold of clusters left out in turn; a
// cluster in both windows leaves both at once. Kott 2001.
function jackknife(model, windows) {
  const { folds, bins } = model.data.folds;
  const cells = model.folds;
  const sides = windows.map(() => [0, 0].map(() => new Float64Array(folds * bins)));
  windows.forEach(([from, until], window) => {
    for (let i = cells.start[from]; i < cells.start[until]; i++) {
      const at = cells.second[i] * bins + cells.bin[i];
      sides[window][0][at] += cells.positives[i];
      sides[window][1][at] += cells.negatives[i];
    }
  });
  const left = windows.map((_, window) => leftOut(sides[window], folds, bins));
  const used = left.map((one) => one.used);
  const either = used[0].map((there, fold) => there || used[1][fold]);
  const change = left[0].areas.map((area, fold) => left[1].areas[fold] - area);
  return {
    levels: left.map((one, window) => spread(one.areas, used[window])),
    change: spread(change, either),
  };
}

function leftOut([positives, negatives], folds, bins) {
  const sums = [positives, negatives].map((side) => {
    const all = new Float64Array(bins);
    side.forEach((n, at) => (all[at % bins] += n));
    return all;
  });
  const own = (side, fold) => side.subarray(fold * bins, (fold + 1) * bins);
  const areas = [];
  const used = [];
  for (let fold = 0; fold < folds; fold++) {
    const [up, down] = [own(positives, fold), own(negatives, fold)];
    used.push(total(up) + total(down) > 0);
    areas.push(auc(sums[0].map((n, bin) => n - up[bin]), sums[1].map((n, bin) => n - down[bin])));
  }
  return { areas, used };
}

function spread(areas, used) {
  const kept = areas.filter((_, fold) => used[fold]);
  const mean = total(kept) / kept.length;
  const squares = total(kept.map((area) => (area - mean) ** 2));
  const error = Math.sqrt((squares * (kept.length - 1)) / kept.length);
  return { error: kept.length > 1 ? error : NaN, freedom: kept.length - 1 };
}
