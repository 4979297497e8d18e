"""Drawing offscreen, and nothing of the user's own settings, in every test."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the tests run in parallel processes already
