"""A learning platform with two difficulty systems, made to break in known ways.

Its logs are in the form that the kit investigates, and come with the truth.
"""

from investigate.simulator.scenarios import SCENARIOS
from investigate.simulator.simulate import Simulated, simulate
from investigate.simulator.write import write

__all__ = ["SCENARIOS", "Simulated", "simulate", "write"]
