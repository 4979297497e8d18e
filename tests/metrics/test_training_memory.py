"""The predicted peak of a training pass, compared with the tensors of a real one."""

import pytest
import torch

from resnet_viz.metrics.memory import memory, optimizer_bytes
from resnet_viz.metrics.training_memory import training_peak_bytes
from resnet_viz.pipeline import analyse
from resnet_viz.profiling.training_step import training_work
from resnet_viz.profiling.whole_network.peak_memory import LiveTensors
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import Optimizer
from tests.profiling.doubles.networks import SPECS, prepared
from tests.spec.family_specs import FAMILIES
from tests.spec.random_specs import random_specs

OPTIMIZERS: tuple[Optimizer | None, ...] = (None, "sgd", "adam")


def measured_and_extra(spec: ResNetSpec, optimizer: Optimizer | None) -> tuple[int, int]:
    """The most bytes of a real pass, and those of them that the prediction leaves out: for the loss, and counters."""
    work = training_work(prepared(spec, passes="training-step"), optimizer)
    for _ in range(2):
        work.prepare_pass()
        with LiveTensors(work.held_tensors) as live:
            work.run_whole()
    output = live_bytes([work.workload.run_whole()])
    own = {tensor.untyped_storage().data_ptr() for tensor in work.workload.held_tensors}
    extra = [tensor for tensor in work.held_tensors if tensor.untyped_storage().data_ptr() not in own]
    state = optimizer_bytes(analyse(spec).totals.params_bytes, optimizer)
    return live.peak_bytes, live_bytes(extra) - state + 4 * output


def live_bytes(tensors: list[torch.Tensor]) -> int:
    return sum(tensor.untyped_storage().nbytes() for tensor in tensors)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_the_predicted_peak_is_that_of_a_real_pass(spec: ResNetSpec, optimizer: Optimizer | None) -> None:
    measured, extra = measured_and_extra(spec, optimizer)
    predicted = training_peak_bytes(analyse(spec), optimizer=optimizer)
    assert 0 <= measured - predicted <= extra


def test_the_predicted_peak_of_random_networks_is_that_of_real_passes() -> None:
    compared = 0
    for spec in random_specs(30, seed=14):
        try:
            measured, extra = measured_and_extra(spec, "sgd")
        except ValueError:  # a batch norm refuses to train on one value a channel
            continue
        analysis = analyse(spec)
        if spec.shortcut == "A":  # the backward pass of subsampling takes two steps, one a side
            extra += max(layer.output_bytes for layer in analysis.layers if layer.kind == "add")
        assert 0 <= measured - training_peak_bytes(analysis, optimizer="sgd") <= extra, spec
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("spec", FAMILIES.values(), ids=FAMILIES)
def test_the_predicted_peak_of_every_family_is_that_of_a_real_pass(spec: ResNetSpec) -> None:
    measured, extra = measured_and_extra(spec, "sgd")
    assert 0 <= measured - training_peak_bytes(analyse(spec), optimizer="sgd") <= extra


def test_the_peak_grows_with_the_state_of_the_optimizer_and_stays_below_the_sum_of_everything() -> None:
    analysis = analyse(preset("resnet50"))
    sums = memory(analysis)
    plain, sgd, adam = (training_peak_bytes(analysis, optimizer=optimizer) for optimizer in OPTIMIZERS)
    assert (sgd - plain, adam - plain) == (sums.params_bytes, 2 * sums.params_bytes)
    assert plain < sums.training_bytes


def test_the_peak_follows_dtype_and_batch() -> None:
    """Only the batch norms' statistics and counters are no smaller in half precision."""
    one, eight = analyse(preset("resnet18")), analyse(preset("resnet18").but(input=(8, 3, 224, 224)))
    assert training_peak_bytes(one, batch=8, optimizer="sgd") == training_peak_bytes(eight, optimizer="sgd")
    half, full = training_peak_bytes(eight, "bf16"), training_peak_bytes(eight, "fp32")
    assert half == pytest.approx(full / 2, rel=0.1)
    assert half > full / 2
