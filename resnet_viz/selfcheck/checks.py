"""The ten checks of a device: can the numbers that are measured on it be trusted?"""

from collections.abc import Callable, Iterator

import msgspec

from resnet_viz.device.cpu_load import CpuLoad
from resnet_viz.profiling.run_warnings import SHARED_CPU
from resnet_viz.selfcheck.agreement_checks import instrumented_ratio, profiler_agrees, sums_meet_whole, two_runs_agree
from resnet_viz.selfcheck.check_setup import CheckSetup, outcome_of
from resnet_viz.selfcheck.limit_checks import (
    half_precision_is_finite,
    not_faster_than_roofline,
    out_of_memory_is_survived,
)
from resnet_viz.selfcheck.outcome import Outcome
from resnet_viz.selfcheck.timer_checks import clock_runs_forward, starved_queue_is_noticed, timestamp_cost
from resnet_viz.texts import tr

Check = Callable[[CheckSetup], Outcome]


def all_checks() -> tuple[tuple[str, Check], ...]:
    """Return every check with its title, in the order of their numbers."""
    return (
        (tr("time runs forward"), clock_runs_forward),
        (tr("cost of a timestamp"), timestamp_cost),
        (tr("instrumented ÷ uninstrumented, ResNet-50"), instrumented_ratio),
        (tr("Σ of the layers against the whole network"), sums_meet_whole),
        (tr("a starved queue is noticed"), starved_queue_is_noticed),
        (tr("agreement with torch's profiler"), profiler_agrees),
        (tr("measured ÷ least possible time"), not_faster_than_roofline),
        (tr("fp16 ResNet-152 is finite"), half_precision_is_finite),
        (tr("running out of memory ends only the run"), out_of_memory_is_survived),
        (tr("two runs agree"), two_runs_agree),
    )


def checks(setup: CheckSetup) -> Iterator[Outcome]:
    """Make every check; one that raises has failed, and the others are still made."""
    for number, (title, check) in enumerate(all_checks(), start=1):
        load = CpuLoad()
        try:
            outcome = check(setup)
        except Exception as error:  # whatever is raised is the outcome of this check
            reason = (str(error).splitlines() or [""])[0][:160]
            outcome = outcome_of(f"{type(error).__name__}: {reason}", False)
        outcome = msgspec.structs.replace(outcome, number=number, title=title, others=others_share(load))
        yield outcome if setup.on_cuda else with_excuse(outcome)


def others_share(load: CpuLoad) -> float | None:
    """Return the share of the processor that other programs took since the load was made; None where unknown."""
    shares = load.shares()
    return None if shares is None else round(shares.others, 3)


def with_excuse(outcome: Outcome) -> Outcome:
    """Return a failed outcome of a CPU with the share that other programs took, where it was large."""
    if outcome.passed is not False or outcome.others is None or outcome.others <= SHARED_CPU:
        return outcome
    sentence = tr("{figure}; other programs took {part:.0f} % of the processor meanwhile")
    return msgspec.structs.replace(outcome, figure=sentence.format(figure=outcome.figure, part=100 * outcome.others))
