"""The checks whether a device's figures agree: with the whole, with kernels, with another run."""

from resnet_viz.metrics.timestamps import is_credible, sum_meets_whole
from resnet_viz.selfcheck.check_setup import TOLERANCE, CheckSetup, outcome_of, run_of
from resnet_viz.selfcheck.outcome import Outcome
from resnet_viz.spec.presets import title_of
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.kernels import SOURCES, agreement_text
from resnet_viz.viewmodels.text.timestamps import microseconds

MAX_INSTRUMENTED_RATIO = {1: 1.25}
"""By batch: the allowed time of an instrumented pass ÷ an uninstrumented one.

For other batches it is 1.05, or more where two runs may differ by more. A greater one is allowed where it comes from
timestamps of a credible cost: with many short layers, these are a good part of the time.
"""


def instrumented_ratio(setup: CheckSetup) -> Outcome:
    """Check how much longer a pass takes with timestamps between the layers."""
    figures, passed, numbers = [], True, {}
    for batch in setup.batches:
        run = run_of(setup, "resnet50", batch=batch)
        ratio = run.instrumented.spread.median_us / run.whole.spread.median_us if run.instrumented and run.whole else 0
        is_low = ratio <= MAX_INSTRUMENTED_RATIO.get(batch, 1 + max(TOLERANCE, setup.agreement))
        passed = passed and ratio > 0 and (is_low or is_credible(run))
        numbers[f"n{batch}"] = ratio
        cost_us = run.timestamp_in_situ_us
        if cost_us is None:
            figures.append(f"N={batch} {ratio:.3f}")
        else:
            each = tr("N={batch} {ratio:.3f} ({time} for each timestamp)")
            figures.append(each.format(batch=batch, ratio=ratio, time=microseconds(cost_us)))
            numbers[f"n{batch}_timestamp_us"] = cost_us
    return outcome_of(", ".join(figures), passed, **numbers)


def sums_meet_whole(setup: CheckSetup) -> Outcome:
    """Check that the layers' sum agrees with the whole network's time."""
    figures, passed, numbers = [], True, {}
    for name in ("resnet18", "resnet50"):
        for batch in setup.batches:
            run = run_of(setup, name, batch=batch)
            whole, unaccounted_us = run.whole, run.unaccounted_us
            if whole is None or unaccounted_us is None:
                return outcome_of(tr("nothing was measured"), False)
            fraction = unaccounted_us / whole.spread.median_us
            figures.append(f"{title_of(run.spec)} N={batch} {100 * fraction:+.1f} %")
            passed = passed and sum_meets_whole(run) is True
            numbers[f"{name}_n{batch}"] = fraction
    return outcome_of(", ".join(figures), passed, **numbers)


def profiler_agrees(setup: CheckSetup) -> Outcome:
    """Compare the layers' times with those of their kernels, on a CPU of torch's operators, by torch's profiler."""
    dtype = "bf16" if setup.on_cuda else "fp32"
    run = run_of(setup, "resnet50", batch=setup.batches[1], dtype=dtype, kernels=True)
    if run.kernels is None:
        return outcome_of(next(iter(run.warnings[::-1]), tr("nothing was measured")), False)
    found = run.kernels.agreement
    figure = f"{SOURCES[run.kernels.source]}: {agreement_text(run.kernels)}"
    if found is None:
        return outcome_of(figure, False)
    allowed = TOLERANCE if setup.on_cuda else setup.agreement
    return outcome_of(figure, found.median <= allowed, median=found.median, worst=found.worst)


def two_runs_agree(setup: CheckSetup) -> Outcome:
    """Check that two runs give the same sum of the layers."""
    batch = setup.batches[1]
    sums = [run_of(setup, "resnet50", batch=batch, seconds=2 * setup.seconds).sum_us or 0.0 for _ in range(2)]
    apart = abs(sums[0] - sums[1]) / max(min(sums), 1e-9)
    figure = tr("Σ {first} and {second} ms, {part} % apart (allowed {allowed} %)").format(
        first=f"{sums[0] / 1000:.3f}", second=f"{sums[1] / 1000:.3f}", part=f"{100 * apart:.1f}",
        allowed=f"{100 * setup.agreement:.0f}")  # fmt: skip
    return outcome_of(figure, min(sums) > 0 and apart <= setup.agreement, apart=apart)
