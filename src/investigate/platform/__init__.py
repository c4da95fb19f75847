"""A learning platform with two difficulty systems, made to break in known ways.

Its logs are in the form that the kit investigates, and come with the truth.
"""

from investigate.platform.scenarios import SCENARIOS
from investigate.platform.simulate import Simulated, simulate
from investigate.platform.write import write

__all__ = ["SCENARIOS", "Simulated", "simulate", "write"]
