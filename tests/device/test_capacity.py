"""The memory that a run needs, the largest batch that fits, and the errors of running out of memory."""

import random
from itertools import pairwise

import pytest
import torch

from resnet_viz.device import capacity as memory
from resnet_viz.device.capacity import check, is_out_of_memory, largest_batch, needed_bytes, out_of_memory_error
from resnet_viz.errors import SpecError, UserError
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from tests.profiling.doubles.networks import CPU

ANALYSIS = analyse(preset("resnet18").but(input=(32, 3, 224, 224)))
RUNS = [
    ProfileSettings(),
    ProfileSettings(dtype="fp16"),
    ProfileSettings(passes="forward+backward"),
    ProfileSettings(dtype="bf16", passes="forward+backward"),
]
each_run = pytest.mark.parametrize("settings", RUNS, ids=lambda run: f"{run.dtype} {run.passes}")
GIGABYTE = 1_000_000_000


@each_run
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_need_grows_in_equal_steps_with_the_batch(settings: ProfileSettings, device: str) -> None:
    needs = [needed_bytes(ANALYSIS, settings, device, batch) for batch in range(6)]
    steps = [after - before for before, after in pairwise(needs)]
    assert max(steps) - min(steps) <= 1
    assert min(steps) > 0


@each_run
def test_the_need_does_not_depend_on_the_batch_that_was_analysed(settings: ProfileSettings) -> None:
    one = analyse(preset("resnet18"))
    assert needed_bytes(one, settings, "cpu", 32) == needed_bytes(ANALYSIS, settings, "cpu")


def test_the_need_contains_parameters_activations_and_a_margin() -> None:
    totals = ANALYSIS.totals
    least = totals.params_bytes + totals.peak_activation_bytes
    assert needed_bytes(ANALYSIS, ProfileSettings(), "cpu") > least
    backward = needed_bytes(ANALYSIS, ProfileSettings(passes="forward+backward"), "cpu")
    assert backward > 2 * totals.params_bytes + sum(layer.output_bytes for layer in ANALYSIS.layers)


def test_a_card_needs_memory_for_its_context() -> None:
    assert needed_bytes(ANALYSIS, ProfileSettings(), "cuda") > needed_bytes(ANALYSIS, ProfileSettings(), "cpu")


@each_run
def test_the_largest_batch_passes_and_one_more_does_not(settings: ProfileSettings) -> None:
    chance = random.Random(3)
    fixed = needed_bytes(ANALYSIS, settings, "cuda", 0)
    for _ in range(200):
        free = fixed + chance.randint(0, 80 * GIGABYTE)
        batch = largest_batch(ANALYSIS, settings, "cuda", free)
        assert needed_bytes(ANALYSIS, settings, "cuda", batch) <= free
        assert needed_bytes(ANALYSIS, settings, "cuda", batch + 1) > free


def test_where_the_parameters_do_not_fit_no_batch_does() -> None:
    assert largest_batch(ANALYSIS, ProfileSettings(), "cpu", 1_000) == 0


def test_a_run_that_does_not_fit_is_refused_with_the_largest_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ProfileSettings()
    free = needed_bytes(ANALYSIS, settings, "cpu", 7)
    monkeypatch.setattr(memory, "free_bytes", lambda _: free)
    with pytest.raises(SpecError, match="the largest batch that should fit is 7") as caught:
        check(ANALYSIS, settings, CPU)
    assert (caught.value.field, caught.value.value) == ("batch", 32)
    assert "0.2 GB" in str(caught.value) or "0.1 GB" in str(caught.value)


def test_a_run_that_lacks_one_byte_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ProfileSettings()
    monkeypatch.setattr(memory, "free_bytes", lambda _: needed_bytes(ANALYSIS, settings, "cpu") - 1)
    with pytest.raises(SpecError, match="should fit is 31"):
        check(ANALYSIS, settings, CPU)


def test_a_run_of_which_not_one_image_fits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda _: 1_000)
    with pytest.raises(SpecError, match="not even one image should fit"):
        check(ANALYSIS, ProfileSettings(), CPU)


@pytest.mark.parametrize("free", [None, needed_bytes(ANALYSIS, ProfileSettings(), "cpu")])
def test_a_run_that_fits_or_cannot_be_estimated_is_accepted(monkeypatch: pytest.MonkeyPatch, free: int | None) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda _: free)
    check(ANALYSIS, ProfileSettings(), CPU)


def test_after_running_out_of_memory_at_most_half_the_batch_is_advised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda _: 80 * GIGABYTE)
    error = out_of_memory_error(ANALYSIS, ProfileSettings(), CPU)
    assert isinstance(error, UserError)
    assert not isinstance(error, SpecError)
    assert "batch 32" in str(error)
    assert "the largest batch that should fit is 16" in str(error)


def test_the_cpu_allocators_own_message_is_recognized() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
    ],
)
def test_running_out_of_memory_is_recognized(error: BaseException) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: device-side assert triggered"),
        RuntimeError("mat1 and mat2 shapes cannot be multiplied"),
        ValueError("out of memory"),
        OSError(12, "Cannot allocate memory"),
    ],
)
def test_other_errors_are_not_taken_for_it(error: BaseException) -> None:
    assert not is_out_of_memory(error)


def test_after_running_out_of_memory_of_unknown_size_no_batch_is_advised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda _: None)
    assert "not even one image should fit" in str(out_of_memory_error(ANALYSIS, ProfileSettings(), CPU))


def test_the_batch_to_try_next_is_estimated_from_what_was_free_before() -> None:
    free = needed_bytes(ANALYSIS, ProfileSettings(), "cpu", 5)
    error = out_of_memory_error(ANALYSIS, ProfileSettings(), CPU, free)
    assert str(error) == "cpu ran out of memory at batch 32; the largest batch that should fit is 5."


def test_only_running_out_of_memory_is_replaced_by_the_error() -> None:
    def raising(error: Exception) -> None:
        with memory.out_of_memory_as(lambda: UserError("too large")):
            raise error

    with pytest.raises(UserError, match="too large"):
        raising(MemoryError())
    with pytest.raises(RuntimeError, match="device-side"):
        raising(RuntimeError("device-side assert"))
    with pytest.raises(ValueError, match="another"):
        raising(ValueError("another"))


def test_a_run_within_a_memory_check_sees_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    free = needed_bytes(ANALYSIS, ProfileSettings(), "cpu")
    monkeypatch.setattr(memory, "free_bytes", lambda _: free)
    assert check(ANALYSIS, ProfileSettings(), CPU) == free
    with (
        pytest.raises(UserError, match="the largest batch that should fit is 16"),
        memory.memory_checked(ANALYSIS, ProfileSettings(), CPU),
    ):
        raise MemoryError
