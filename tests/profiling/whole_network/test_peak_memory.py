"""Peak memory: a card's allocator is read around one pass, and a CPU's training step is counted tensor by tensor."""

import pytest
import torch

from resnet_viz.profiling.training_step import TrainingStep
from resnet_viz.profiling.whole_network import peak_memory
from resnet_viz.profiling.whole_network.peak_memory import LiveTensors, peak_bytes, peak_of_pass
from tests.profiling.doubles.networks import CPU, SMALL, prepared, training

KILOBYTE = torch.float32.itemsize * 256


def test_only_a_training_step_is_counted_on_a_cpu() -> None:
    assert peak_bytes(CPU, lambda: None) is None
    assert peak_of_pass(CPU, prepared(SMALL)) is None
    assert peak_of_pass(CPU, training(SMALL)[1]) is None
    step = TrainingStep(prepared(SMALL, passes="training-step"), "sgd")
    held = sum(tensor.untyped_storage().nbytes() for tensor in step.held_tensors)
    found = peak_of_pass(CPU, step)
    assert found is not None
    assert found > held
    assert peak_of_pass(CPU, step) == found, "the gradients of the previous pass are not in it"


def test_memory_is_counted_once_and_until_it_is_freed() -> None:
    held = torch.zeros(256)
    with LiveTensors([held, held[1:]]) as live:
        assert live.bytes == KILOBYTE
        first = held + 1
        view = first[:10]
        assert live.bytes == 2 * KILOBYTE
        del first
        assert live.bytes == 2 * KILOBYTE, "the view still holds it"
        second = view + held[:10]
        del view
        assert live.bytes == KILOBYTE + second.untyped_storage().nbytes()
        held.add_(1)
        del second
    assert live.bytes == KILOBYTE
    assert live.peak_bytes == 2 * KILOBYTE + 40


def test_what_autograd_saves_is_counted_until_the_backward_pass_releases_it() -> None:
    weight = torch.ones(256, requires_grad=True)
    with LiveTensors([weight]) as live:
        result = (weight.exp() * 2).sum()
        assert live.bytes == 2 * KILOBYTE + result.untyped_storage().nbytes(), "exp saves its result"
        torch.autograd.backward(result)
        del result
        assert live.bytes == 2 * KILOBYTE, "the weight and its gradient"


def test_the_peak_of_a_card_is_that_of_a_second_finished_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a first pass cuDNN tries its algorithms, each with a workspace of its own."""
    log: list[str] = []

    class Card:
        def __init__(self, _: torch.device) -> None:
            pass

        def reset_peak(self) -> None:
            log.append("reset")

        def synchronize(self) -> None:
            log.append("synchronize")

        def peak_bytes(self) -> int:
            log.append("read")
            return 123

    monkeypatch.setattr(peak_memory, "Cuda", Card)
    assert peak_bytes(torch.device("cuda", 0), lambda: log.append("pass"), lambda: log.append("prepare")) == 123
    first, second = ["prepare", "pass", "synchronize"], ["prepare", "reset", "pass", "synchronize"]
    assert log == [*first, *second, "read"]
