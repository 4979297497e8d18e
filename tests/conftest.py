"""Drawing offscreen, and nothing of the user's own settings, in every test."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the tests run in parallel processes already

from hypothesis import settings

# The same examples every day, so that a change is red by its own fault.
# `pytest --hypothesis-profile=default` draws others.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
