// Steps as days or hours. Days are plain calendar days, counted as if all had 24 hours.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function calendarOf({ first, step, steps }) {
  const origin = Date.parse(`${first}Z`);
  const daily = step === "day";
  const length = daily ? DAY : HOUR;
  const dateOf = (at) => new Date(origin + at * length);

  // As it stands in a question: hours are those of UTC.
  const written = (at) => {
    const text = dateOf(at).toISOString();
    return daily ? text.slice(0, 10) : `${text.slice(0, 16)}+00:00`;
  };
  const shown = (at) => {
    const date = dateOf(at);
    const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
    return daily ? day : `${day}, ${date.toISOString().slice(11, 16)} UTC`;
  };
  const field = (at) => dateOf(at).toISOString().slice(0, daily ? 10 : 16);
  const fromField = (text) => Math.round((Date.parse(`${text}${daily ? "T00:00" : ""}Z`) - origin) / length);

  // Places of the axis' marks, at most about `most`, each with its words.
  const marks = (most) => {
    const days = (steps * length) / DAY;
    const every = [1 / 24, 1 / 8, 1 / 4, 1 / 2, 1, 2, 7, 14].find((each) => days / each <= most);
    if (every && every * DAY >= length) return byLength(every * DAY);
    const months = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600].find((each) => days / 30.44 / each <= most);
    return byMonths(months ?? 1_200);
  };
  const byLength = (size) => {
    const found = [];
    for (let at = Math.ceil(origin / size) * size; at < origin + steps * length; at += size) {
      const date = new Date(at);
      const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
      const text = at % DAY ? date.toISOString().slice(11, 16) : day;
      found.push({ at: (at - origin) / length, text });
    }
    return found;
  };
  const byMonths = (size) => {
    const found = [];
    const date = new Date(origin);
    let month = Math.ceil((date.getUTCFullYear() * 12 + date.getUTCMonth()) / size) * size;
    for (; ; month += size) {
      const start = Date.UTC(Math.floor(month / 12), month % 12, 1);
      if (start >= origin + steps * length) return found;
      const year = String(Math.floor(month / 12));
      const text = size % 12 === 0 ? year : `${MONTHS[month % 12]} ${year}`;
      if (start >= origin) found.push({ at: (start - origin) / length, text });
    }
  };
  return { steps, daily, unit: daily ? "day" : "hour", written, shown, field, fromField, marks };
}
