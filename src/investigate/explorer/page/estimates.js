// AUC of both windows and its change, with intervals, for a slice and for each of its groups.

function estimatesOf(model, view, windows, sums) {
  const { quantiles } = model.data;
  const { positives, negatives } = sums.whole;
  const values = WINDOWS.map((w) => auc(positives[w], negatives[w]));
  const variances = WINDOWS.map((w) => delongVariance(positives[w], negatives[w]));
  const whole = view.system === null && view.cohort === null;
  const left = model.folds ? jackknife(model, windows) : null;
  let levels = variances.map((variance) => ({ error: Math.sqrt(variance), freedom: 0 }));
  let change = { error: Math.sqrt(total(variances)), freedom: 0 };
  // Of slices the folds are not kept: what rows depend on each other in the whole is taken there.
  let dependence = 1;
  if (left && whole) {
    levels = left.levels;
    const ratio = left.change.error / change.error;
    if (ratio > 1) dependence = ratio;
    change = left.change;
  } else if (left) {
    dependence = dependenceOf(model, windows, left.change.error);
    levels = levels.map(({ error }) => ({ error: error * dependence, freedom: left.change.freedom }));
    change = { error: change.error * dependence, freedom: left.change.freedom };
  }
  const freedomOf = (one) => (model.folds ? one.freedom : 0);
  const estimate = (value, one, low, high) =>
    model.folds && one.freedom < 1
      ? { value, low: null, high: null }
      : normalOr(value, one.error, freedomOf(one), quantiles, low, high);
  return {
    levels: values.map((value, w) => estimate(value, levels[w], 0, 1)),
    change: estimate(values[1] - values[0], change),
    rows: WINDOWS.map((w) => total(sums.groups.map((group) => group.rows[w]))),
    rates: WINDOWS.map((w) => total(positives[w]) / (total(positives[w]) + total(negatives[w]))),
    bounds: WINDOWS.map((w) => binBound(positives[w], negatives[w], sums.exact)),
    dependence,
    freedom: model.folds ? left.change.freedom : 0,
  };
}

// Without folds an error is DeLong's, and its quantile the normal one.
function normalOr(value, error, freedom, quantiles, low, high) {
  return around(value, error, freedom || Infinity, quantiles, low, high);
}

// By how much the error of the whole is larger than that of independent rows.
function dependenceOf(model, windows, error) {
  const by = model.data.systems.length > 1 || !model.names.length ? "system" : model.names[0];
  const all = windowed(model, { by, system: null, cohort: null, column: null }, windows).whole;
  const own = total(WINDOWS.map((w) => delongVariance(all.positives[w], all.negatives[w])));
  const ratio = error / Math.sqrt(own);
  return ratio > 1 ? ratio : 1;
}

function groupEstimates(model, group, whole) {
  return WINDOWS.map((w) => {
    const [positives, negatives] = [group.positives[w], group.negatives[w]];
    const error = Math.sqrt(delongVariance(positives, negatives)) * whole.dependence;
    const value = auc(positives, negatives);
    return {
      ...normalOr(value, error, whole.freedom, model.data.quantiles, 0, 1),
      rows: group.rows[w],
    };
  });
}
