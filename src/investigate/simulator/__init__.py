"""Logs with a known cause: a learning platform with two difficulty systems, and a shop's score.

Its logs are in the form that the kit investigates, and come with the truth.
"""

from investigate.simulator.checkout import checkout_log
from investigate.simulator.scenarios import SCENARIOS
from investigate.simulator.simulate import Simulated, simulate
from investigate.simulator.write import write

__all__ = ["SCENARIOS", "Simulated", "checkout_log", "simulate", "write"]
