"""Adaptive selection: of a few random candidates, the one whose difficulty suits the student."""

from dataclasses import dataclass

import numpy as np

from investigate.simulator.world import GRADES, SUBJECT_SHARES, SUBJECTS, Students


@dataclass
class Selection:
    """How close the match is: candidates looked at, and noise in what is aimed at, in logits."""

    candidates: int = 8
    noise: float = 1.4

    def serve(
        self,
        rng: np.random.Generator,
        students: Students,
        estimate: np.ndarray,
        pools: "Pools",
        difficulty: np.ndarray,
        answers: int,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Student and exercise of each of `answers` answers; `difficulty` is that in force."""
        reach = np.cumsum(students.activity)
        student = np.searchsorted(reach, rng.random(answers) * reach[-1], side="right")
        subject = rng.choice(len(SUBJECTS), answers, p=SUBJECT_SHARES)
        pool = subject * len(GRADES) + students.grade[student]
        drawn = rng.random((answers, self.candidates)) * pools.sizes[pool][:, None]
        candidates = pools.members[pool[:, None], drawn.astype(int)]
        aim = estimate[student] + self.noise * students.looseness[student] * rng.standard_normal(
            answers
        )
        nearest = np.abs(difficulty[candidates] - aim[:, None]).argmin(axis=1)
        return student, candidates[np.arange(answers), nearest]


class Pools:
    """The live exercises of each subject and grade, padded to a rectangle."""

    def __init__(self, pool: np.ndarray, live: np.ndarray) -> None:
        lists = [np.flatnonzero(live & (pool == p)) for p in range(len(SUBJECTS) * len(GRADES))]
        self.sizes = np.array([len(members) for members in lists])
        self.members = np.zeros((len(lists), self.sizes.max()), int)
        for p, members in enumerate(lists):
            self.members[p, : len(members)] = members
