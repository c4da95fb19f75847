"""Students and exercises as they really are; no system of the platform sees this."""

from dataclasses import dataclass

import numpy as np

SUBJECTS = ("maths", "english", "biology", "history")
SUBJECT_SHARES = (0.33, 0.27, 0.22, 0.18)
GRADES = ("grade 6", "grade 7", "grade 8")
GRADE_SHARES = (0.40, 0.33, 0.27)
COUNTRIES = ("DE", "FR", "PL", "SE")
COUNTRY_SHARES = (0.40, 0.28, 0.20, 0.12)
SCHOOLS = tuple(f"school {k}" for k in range(1, 9))
SCHOOL_SHARES = (0.17, 0.22, 0.15, 0.13, 0.11, 0.09, 0.07, 0.06)
VERSIONS = ("5.1", "5.2", "5.3")
VERSION_SHARES = (0.45, 0.33, 0.22)

COHORTS = {
    "country": COUNTRIES,
    "grade": GRADES,
    "subject": SUBJECTS,
    "school": SCHOOLS,
    "app_version": VERSIONS,
}

ABILITY_SD = 1.4  # logits
DIFFICULTY_SD = 1.15
CONTENT_SHARE = 0.7  # of the variance of difficulty
FEATURES = 12
GROWTH = 0.004  # logits a day
ROTATING = 1 / 3  # of the exercises live at a time; the others stay for good
LIFETIME = (8, 17)  # days of a rotating exercise, half-open


@dataclass
class Students:
    """One entry a student: true ability in logits, share of the traffic, cohorts by column.

    ``looseness`` multiplies how far from the estimate selection aims.
    """

    ability: np.ndarray
    activity: np.ndarray
    looseness: np.ndarray
    grade: np.ndarray
    cohorts: dict[str, np.ndarray]

    def add(self, other: "Students") -> np.ndarray:
        """Appends `other` and returns its places."""
        first = len(self.ability)
        self.ability = np.concatenate([self.ability, other.ability])
        self.activity = np.concatenate([self.activity, other.activity])
        self.looseness = np.concatenate([self.looseness, other.looseness])
        self.grade = np.concatenate([self.grade, other.grade])
        for name, values in self.cohorts.items():
            self.cohorts[name] = np.concatenate([values, other.cohorts[name]])
        return np.arange(first, len(self.ability))


@dataclass
class Exercises:
    """One entry an exercise: true difficulty in logits, content features, days of its life.

    ``pool`` is the place of its subject and grade: subject × number of grades + grade. It is
    served from midnight of day ``born`` to midnight of day ``dies``.
    """

    difficulty: np.ndarray
    features: np.ndarray
    pool: np.ndarray
    born: np.ndarray
    dies: np.ndarray

    def live(self, day: int) -> np.ndarray:
        """Which exercises are served on `day`, as a mask."""
        return (self.born <= day) & (day < self.dies)

    def cohort(self, column: str) -> np.ndarray:
        """The subject or the grade of each exercise."""
        subject, grade = np.divmod(self.pool, len(GRADES))
        return np.array(SUBJECTS)[subject] if column == "subject" else np.array(GRADES)[grade]


def students(rng: np.random.Generator, number: int, spread: float = ABILITY_SD) -> Students:
    """So many students, whose abilities have the standard deviation `spread`."""

    def drawn(values: tuple[str, ...], shares: tuple[float, ...]) -> np.ndarray:
        return rng.choice(np.array(values), number, p=shares)

    return Students(
        ability=rng.normal(0, spread, number),
        activity=rng.lognormal(0, 0.5, number),
        looseness=np.ones(number),
        grade=rng.choice(len(GRADES), number, p=GRADE_SHARES),
        cohorts={
            "country": drawn(COUNTRIES, COUNTRY_SHARES),
            "school": drawn(SCHOOLS, SCHOOL_SHARES),
            "app_version": drawn(VERSIONS, VERSION_SHARES),
        },
    )


def exercises(rng: np.random.Generator, live: int, first_day: int, last_day: int) -> Exercises:
    """About `live` exercises at any time from `first_day` on; rotating ones follow each other."""
    slots = round(live * ROTATING)
    turns = 2 + (last_day - first_day) // LIFETIME[0]
    lives = rng.integers(*LIFETIME, (slots, turns))
    ends = first_day + np.cumsum(lives, axis=1) - rng.integers(0, lives[:, :1])
    kept = (ends > first_day) & (ends - lives < last_day)
    staying = live - slots
    born = np.concatenate([np.full(staying, first_day - 365), (ends - lives)[kept]])
    dies = np.concatenate([np.full(staying, last_day + 365), ends[kept]])
    number = len(born)
    features = rng.normal(0, 1, (number, FEATURES))
    weights = 0.8 ** np.arange(FEATURES)
    content = features @ (weights / np.linalg.norm(weights))
    own = rng.normal(0, 1, number)
    # Every pool gets its share of those that stay and of those that rotate.
    pools = len(SUBJECTS) * len(GRADES)
    return Exercises(
        difficulty=DIFFICULTY_SD
        * (np.sqrt(CONTENT_SHARE) * content + np.sqrt(1 - CONTENT_SHARE) * own),
        features=features,
        pool=np.concatenate(
            [np.arange(staying) % pools, rng.permutation(number - staying) % pools]
        ),
        born=born,
        dies=dies,
    )
