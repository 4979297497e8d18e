"""Quick runs of a tiny network on this CPU."""

import resnet_viz as rv
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.run import measure
from resnet_viz.records.run import ProfileProgress, ProfileRun
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.clock import FakeClock
from tests.profiling.doubles.networks import TINY

QUICK = ProfileSettings(seconds=0.15, warmup_seconds=0.02)
LAYERS = [layer.id for layer in analyse(TINY).layers]


def profiled(settings: ProfileSettings, spec: rv.ResNetSpec = TINY) -> tuple[list[ProfileProgress], ProfileRun]:
    """The progress of a run and the complete run."""
    *progress, last = rv.profile(spec, settings)
    assert isinstance(last, ProfileRun)
    shown = [one for one in progress if isinstance(one, ProfileProgress)]
    assert len(shown) == len(progress)
    return shown, last


def complete_run(settings: ProfileSettings) -> ProfileRun:
    """The run on a clock that goes on by 20 ms at every reading, so that it takes few passes."""
    *_, run = measure(analyse(TINY), settings, FakeClock(reading_ns=20_000_000))
    assert isinstance(run, ProfileRun)
    return run
