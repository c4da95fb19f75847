"""What holds for all tests."""

from hypothesis import settings

# The same examples everywhere and every time, and no test that fails on a slow machine.
settings.register_profile("kit", derandomize=True, deadline=None)
settings.load_profile("kit")
