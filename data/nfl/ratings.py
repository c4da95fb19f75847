"""Make the score log and the rating history of the NFL case from its games.

Run ``python data/nfl/ratings.py [--out DIR]``; the same input gives the same bytes. README.md
says what is taken from the source and what is rebuilt.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).resolve().parent

STARTING, PRESEASON, ONLINE = "starting_value", "preseason_reset", "online_elo"
LOGITS = np.log(10) / 400
"""Of one rating point: forecasts are 1 / (1 + 10^(−difference / 400))."""
HOME = 65
"""Rating points that the formula gives to the home team."""
MEAN, KEPT = 1505, 2 / 3
"""Before a season a rating is two thirds of the last one and a third of this."""
KNOWN = {"first": 0, "2 to 4": 1, "5 and more": 4}
"""How many games of the season the visitors have behind them."""

LOG = pa.schema(
    [
        ("date", pa.timestamp("us", "UTC")),
        ("home", pa.string()),
        ("visitors", pa.string()),
        ("home_won", pa.int8()),
        ("forecast", pa.float64()),
        ("rated_by", pa.string()),
        ("strength", pa.float64()),
        ("home_season", pa.string()),
        ("season", pa.int32()),
        ("ground", pa.string()),
        ("stage", pa.string()),
        ("visitors_played", pa.string()),
    ]
)
HISTORY = pa.schema(
    [
        ("time", pa.timestamp("us", "UTC")),
        ("team", pa.string()),
        ("system", pa.string()),
        ("difficulty", pa.float64()),
    ]
)


def ratings(games: pd.DataFrame) -> pd.DataFrame:
    """A line for each game and team: the rating before it, who wrote that, and when.

    ``games`` as in games.parquet, with a date each. Columns: game (its place), side (1 or 2),
    team, season, date, elo, system, written, played (games of the season before this one).
    """
    sides = [
        pd.DataFrame(
            {
                "game": np.arange(len(games)),
                "side": side,
                "team": games[f"team{side}"],
                "season": games["season"],
                "date": pd.to_datetime(games["date"]).dt.tz_localize("UTC"),
                "elo": games[f"elo{side}"],
            }
        )
        for side in (1, 2)
    ]
    rated = pd.concat(sides).sort_values(["team", "game"], ignore_index=True)
    before = rated.groupby("team")[["season", "date"]].shift()
    first = before["season"].isna()
    reset = ~first & (before["season"] != rated["season"])
    rated["system"] = np.select([first, reset], [STARTING, PRESEASON], ONLINE)
    # Games carry a date alone: a rating learns from one that evening, and a season's first is set
    # at noon of the day before.
    noon = rated["date"] - pd.Timedelta(hours=12)
    rated["written"] = noon.where(first | reset, before["date"] + pd.Timedelta(hours=23))
    rated["played"] = rated.groupby(["team", "season"]).cumcount()
    return rated.sort_values(["game", "side"], ignore_index=True)


def build(games: pd.DataFrame) -> tuple[pa.Table, pa.Table]:
    """The log, without ties, and the history."""
    rated = ratings(games)
    log = _log(games.reset_index(drop=True), rated[rated["side"] == 2].reset_index(drop=True))
    written = rated.assign(time=rated["written"], difficulty=rated["elo"] * LOGITS)
    history = pd.concat([written, _after_the_last_game(rated)]).sort_values(["time", "team"])
    return (
        pa.Table.from_pandas(log[LOG.names], LOG, preserve_index=False).cast(LOG),
        pa.Table.from_pandas(history[HISTORY.names], HISTORY, preserve_index=False).cast(HISTORY),
    )


def _log(games: pd.DataFrame, visitors: pd.DataFrame) -> pd.DataFrame:
    neutral = games["neutral"] == 1
    edges = [*KNOWN.values(), np.inf]
    log = pd.DataFrame(
        {
            "date": visitors["date"],
            "home": games["team1"],
            "visitors": games["team2"],
            "home_won": games["result1"].astype("int8"),
            "forecast": games["elo_prob1"],
            "rated_by": visitors["system"],
            "strength": (games["elo1"] + HOME * ~neutral) * LOGITS,
            "home_season": games["team1"] + " " + games["season"].astype(str),
            "season": games["season"],
            "ground": np.where(neutral, "neutral", "home"),
            "stage": np.where(games["playoff"] == 1, "playoff", "regular"),
            "visitors_played": pd.cut(
                visitors["played"], edges, right=False, labels=list(KNOWN)
            ).astype("str"),
        }
    )
    return log[games["result1"] != 0.5]


def _after_the_last_game(rated: pd.DataFrame) -> pd.DataFrame:
    """What online Elo wrote after a season's last game, worked back from the reset that followed.

    Known where a team played the next season as well, and by the rule of the reset.
    """
    ordered = rated.sort_values(["team", "game"])
    following = ordered.groupby("team")[["season", "elo"]].shift(-1)
    last = following["season"] == ordered["season"] + 1
    rating = (following["elo"] - (1 - KEPT) * MEAN) / KEPT
    return pd.DataFrame(
        {
            "time": ordered["date"] + pd.Timedelta(hours=23),
            "team": ordered["team"],
            "system": ONLINE,
            "difficulty": rating * LOGITS,
        }
    )[last]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0, or 2 where games.parquet cannot be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=FOLDER, help="default: beside this file")
    out = parser.parse_args(arguments).out
    try:
        games = pq.read_table(FOLDER / "games.parquet").to_pandas()
    except (OSError, pa.ArrowException) as error:
        print(f"error: cannot read games.parquet: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    log, history = build(games)
    out.mkdir(parents=True, exist_ok=True)
    for name, table in (("log.parquet", log), ("history.parquet", history)):
        part = out / f".{name}.part"
        pq.write_table(table, part, compression="zstd")
        part.replace(out / name)
    print(f"log.parquet: {log.num_rows:,} forecasts; history.parquet: {history.num_rows:,} ratings")
    return 0


if __name__ == "__main__":
    sys.exit(main())
