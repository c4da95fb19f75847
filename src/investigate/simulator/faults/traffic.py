"""Changes in who answers what, and when, with nothing broken."""

import numpy as np

from investigate.simulator import world
from investigate.simulator.faults.fault import Fault
from investigate.simulator.state import Platform

JOINING_SHARE = 0.5  # of the traffic from the onset on, at strength 1
ALIKE_SD = 0.15  # logits
CLOSER_NOISE = 0.2  # logits, at strength 1
SYLLABUS = 0.2  # of the usual looseness
COUNTRY = "IT"


class Mix(Fault):
    """A country joins whose students are alike and keep to a syllabus.

    `strength` is how many they are. Their scores lie close together and are as valid as others'.
    """

    kind, scope, event = "population_mix", {"country": COUNTRY}, "launch in Italy"

    def prepare(self, platform: Platform) -> None:
        """Lists the students, who do not answer yet."""
        number = max(30, round(len(platform.students.ability) * self.strength * JOINING_SHARE))
        joining = world.students(platform.fault_rng, number, ALIKE_SD)
        joining.looseness[:] = SYLLABUS
        joining.cohorts["country"][:] = COUNTRY
        share = JOINING_SHARE * self.strength
        total = platform.students.activity.sum() * share / (1 - share)
        self._activity = joining.activity * total / joining.activity.sum()
        joining.activity = np.zeros(number)
        platform.abilities.enrol(platform.fault_rng, joining.ability)
        self._places = platform.students.add(joining)

    def begin(self, platform: Platform, tick: int) -> None:
        """Lets them in, on top of the traffic that there is."""
        students, joining = platform.students, self._places
        students.activity[joining] = self._activity
        platform.abilities.place(platform.fault_rng, joining, students.ability[joining])
        platform.traffic.factor /= 1 - JOINING_SHARE * self.strength


class Spread(Fault):
    """Selection comes to match difficulty to ability much better."""

    kind, event = "score_spread", "selection 7.0 deployed"

    def begin(self, platform: Platform, tick: int) -> None:
        """Narrows what is aimed at."""
        loose = platform.selection.noise
        platform.selection.noise = loose + self.strength * (CLOSER_NOISE - loose)


class Growth(Fault):
    """Traffic doubles, at strength 1."""

    event = "television campaign"

    def begin(self, platform: Platform, tick: int) -> None:
        """Lets more in."""
        platform.traffic.factor *= 1 + self.strength


class Seasonal(Fault):
    """Weekends grow quieter, at strength 1 by two thirds."""

    event = "school holidays end"

    def begin(self, platform: Platform, tick: int) -> None:
        """Takes answers from the weekend."""
        platform.traffic.weekend *= 1 - 2 / 3 * self.strength
