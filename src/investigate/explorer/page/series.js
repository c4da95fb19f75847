// AUC through time of a slice: a point a day, or a stretch of days where days have few rows.

const READABLE = 30;
const MOST_POINTS = 400;

function stretchOf(model, view) {
  const { steps, step } = model.data;
  const table = tableOf(model, view);
  const all = { by: view.by, system: null, cohort: null, column: view.column };
  const rows = Array.from({ length: steps }, (_, at) => {
    if (model.unit !== null) return total(rowsOf(model, all, at, at + 1).rows);
    let sum = 0;
    for (let i = table.start[at]; i < table.start[at + 1]; i++) {
      sum += table.positives[i] + table.negatives[i];
    }
    return sum;
  });
  const lengths = step === "day" ? [1, 7, 28, 91, 364, 3_640] : [1, 6, 24, 168, 672];
  const fits = (length) => {
    const sums = [];
    for (let at = 0; at < steps; at += length) sums.push(total(rows.slice(at, at + length)));
    const there = sums.filter((sum) => sum > 0).sort((a, b) => a - b);
    return sums.length <= MOST_POINTS && there[there.length >> 1] >= READABLE;
  };
  return lengths.find(fits) ?? lengths.find((one) => steps / one <= MOST_POINTS) ?? lengths.at(-1);
}

// One group of a view, as a slice of it.
function slicedTo(view, group) {
  return view.by === "system" ? { ...view, system: group } : { ...view, cohort: group, column: view.by };
}

// A point for every stretch: where it lies, its rows, its AUC and DeLong's error.
function seriesOf(model, view, stretch, only = null) {
  const table = tableOf(model, view);
  const { start, first, second, bin } = table;
  const group = view.by === "system" ? first : second;
  const { steps, bins } = model.data;
  const positives = new Float64Array(bins);
  const negatives = new Float64Array(bins);
  const found = [];
  for (let from = 0; from < steps; from += stretch) {
    const until = Math.min(from + stretch, steps);
    const touched = [];
    for (let i = start[from]; i < start[until]; i++) {
      if (view.system !== null && first[i] !== view.system) continue;
      if (view.cohort !== null && second[i] !== view.cohort) continue;
      if (only !== null && group[i] !== only) continue;
      if (!positives[bin[i]] && !negatives[bin[i]]) touched.push(bin[i]);
      positives[bin[i]] += table.positives[i];
      negatives[bin[i]] += table.negatives[i];
    }
    const ordered = new Int32Array(touched).sort();
    const up = new Float64Array(ordered.length);
    const down = new Float64Array(ordered.length);
    for (let place = 0; place < ordered.length; place++) {
      const at = ordered[place];
      up[place] = positives[at];
      down[place] = negatives[at];
      positives[at] = negatives[at] = 0;
    }
    let rows = total(up) + total(down);
    if (model.unit !== null) {
      const own = rowsOf(model, only === null ? view : slicedTo(view, only), from, until);
      const scale = scaleOf(model, rows, own.squares);
      for (const side of [up, down]) side.forEach((n, place) => (side[place] = n * scale));
      rows = total(own.rows);
    }
    found.push({ from, until, rows, auc: auc(up, down), error: Math.sqrt(delongVariance(up, down)) });
  }
  return found;
}
