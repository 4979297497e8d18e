"""Runs that are refused, fail or are stopped: one sentence, and everything restored."""

import pytest
import torch

import resnet_viz as rv
from resnet_viz.device import capacity as memory
from resnet_viz.device import info as device
from resnet_viz.errors import SpecError, UserError
from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.profiling import run as module
from resnet_viz.records.message import Message
from resnet_viz.records.run import ProfileProgress
from resnet_viz.spec.network import ResNetSpec
from tests.profiling.doubles.networks import TINY, make_quick
from tests.profiling.doubles.runs import QUICK, complete_run


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little data for the ceilings."""
    make_quick(monkeypatch)


def test_a_missing_device_is_refused_before_anything_is_built() -> None:
    with pytest.raises(SpecError, match="this machine has"):
        next(iter(rv.profile(TINY, QUICK.but(device="cuda:77"))))


def test_a_run_that_does_not_fit_is_refused_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "prepare", lambda *_: pytest.fail("built"))
    with pytest.raises(SpecError, match="the largest batch that should fit is") as caught:
        next(iter(rv.profile(TINY, QUICK.but(batch=1_000_000, size=(4096, 4096)))))
    assert caught.value.field == "batch"


def test_training_on_maps_of_one_pixel_is_refused() -> None:
    """Batch norm has nothing to average there, for which torch has an error of its own."""
    settings = QUICK.but(passes="forward+backward", batch=1, size=(2, 2))
    with pytest.raises(UserError):
        list(rv.profile(TINY, settings))


def test_running_out_of_memory_nevertheless_is_one_sentence_and_restores_the_flags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The memory that is free at that moment does not matter, since the run itself still holds the rest."""
    free = [1 << 40]

    def ended(*_: object) -> object:
        free[0] = 1 << 10
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(module, "prepare", ended)
    for place in (memory, device):
        monkeypatch.setattr(place, "free_bytes", lambda _: free[0])
    before = torch.get_num_threads()
    with pytest.raises(UserError, match="at batch 64; the largest batch that should fit is 32"):
        list(rv.profile(TINY, QUICK.but(batch=64, threads=2)))
    assert torch.get_num_threads() == before


def test_another_error_is_raised_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("device-side assert")

    monkeypatch.setattr(module, "prepare", broken)
    with pytest.raises(RuntimeError, match="device-side"):
        list(rv.profile(TINY, QUICK))


def test_training_needs_more_than_one_value_only_in_batch_norms() -> None:
    """The average pool and the linear layer put out one value a channel, which is nothing to refuse."""
    training = QUICK.but(passes="forward+backward", batch=1)
    assert next(iter(rv.profile(TINY, training))) == ProfileProgress("build", 0.0)
    with pytest.raises(SpecError, match=r"layer2\.0\.\S+ would average a single value in training"):
        next(iter(rv.profile(TINY, training.but(size=(2, 2)))))


PIXEL = QUICK.but(size=(1, 1))


@pytest.mark.parametrize(
    ("spec", "refusal"),
    [
        (ResNetSpec(width=32, norm="group"), r"bn1 would average a single value: give a larger batch or image"),
        (ResNetSpec(width=1, weight_standardization=True), r"the filters of layer1\.0\.conv1 have a single weight"),
    ],
)
def test_what_torch_refuses_to_normalize_at_any_time_is_refused(spec: ResNetSpec, refusal: str) -> None:
    with pytest.raises(SpecError, match=refusal):
        next(iter(rv.profile(spec, PIXEL)))
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        build(spec, "cpu").eval()(torch.zeros(1, 3, 1, 1))


def test_group_norm_trains_on_a_single_pixel_of_several_channels_a_group() -> None:
    spec = ResNetSpec(block="basic", blocks=(1,), width=64, norm="group")
    assert next(iter(rv.profile(spec, PIXEL.but(passes="forward+backward", batch=1)))) == ProfileProgress("build", 0.0)


def test_stopping_in_the_middle_restores_the_flags() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        denormal = torch.full((8,), 1e-40)
        passes = rv.profile(TINY, QUICK.but(threads=1))
        for progress in passes:
            assert isinstance(progress, ProfileProgress)
            if progress.done > 0:
                break
        assert torch.get_num_threads() == 1
        passes.close()  # type: ignore[attr-defined]
        assert torch.get_num_threads() == 2
        assert bool((denormal * 1.0).view(torch.int32).ne(0).all())
        assert not torch.is_inference_mode_enabled()
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(("batches", "sweep"), [(4, [1, 2, 4]), (7, [1, 2, 4]), (8, [1, 2, 4, 8])])
def test_the_sweep_goes_as_far_as_the_free_memory(
    monkeypatch: pytest.MonkeyPatch, batches: int, sweep: list[int]
) -> None:
    settings = QUICK.but(mode="end-to-end", seconds=20.0)
    free = memory.needed_bytes(analyse(TINY), settings, "cpu", batches)
    for place in (memory, device):
        monkeypatch.setattr(place, "free_bytes", lambda _: free)
    run = complete_run(settings)
    assert [point.batch for point in run.sweep] == sweep
    assert Message("sweep fits no more", {"n": 2 * sweep[-1]}) in run.messages


def test_the_sweep_is_not_bound_by_memory_where_the_device_does_not_report_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (memory, device):
        monkeypatch.setattr(place, "free_bytes", lambda _: None)
    run = complete_run(QUICK.but(mode="end-to-end", seconds=1.0))
    assert len(run.sweep) > 1
