"""Settings of a measurement: the values that are accepted, and the sentence for the others."""

import math
from typing import Any

import msgspec
import pytest

from resnet_viz.errors import SpecError
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import BYTES, Passes, ProfileSettings


def test_the_fields_and_their_defaults() -> None:
    assert msgspec.to_builtins(ProfileSettings()) == {
        "device": "cpu", "dtype": "fp32", "batch": None, "size": None, "memory_format": "contiguous",
        "mode": "in-network", "passes": "forward", "seconds": 10.0, "warmup_passes": 3, "warmup_seconds": 0.5,
        "cold": True, "compiled": False, "sweep": True, "autotune": False, "threads": None,
        "kernels": None, "optimizer": "sgd",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "lowest", "below", "highest", "above"),
    [
        ("seconds", 0.1, 0.09, 3_600.0, 3_601.0),
        ("warmup_seconds", 0.0, -0.1, 3_600.0, 3_601.0),
        ("warmup_passes", 0, -1, 1_000, 1_001),
        ("batch", 1, 0, 1_000_000, 1_000_001),
        ("threads", 1, 0, 1_024, 1_025),
    ],
)
def test_numbers_are_accepted_up_to_both_ends(
    field: str, lowest: float, below: float, highest: float, above: float
) -> None:
    for value in (lowest, highest):
        assert getattr(ProfileSettings(**{field: value}), field) == value  # type: ignore[arg-type]
    for value in (below, above):
        with pytest.raises(SpecError, match="give a number from") as caught:
            ProfileSettings(**{field: value})  # type: ignore[arg-type]
        assert (caught.value.field, caught.value.value) == (field, value)


@pytest.mark.parametrize("size", [(0, 8), (8, 0), (8, 10**9)])
def test_both_sides_of_an_image_are_checked(size: tuple[int, int]) -> None:
    with pytest.raises(SpecError, match="size: "):
        ProfileSettings(size=size)
    assert ProfileSettings(size=(1, 8)).size == (1, 8)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("batch", 1.5), ("batch", "4"), ("batch", True), ("threads", 2.0), ("warmup_passes", 0.5), ("seconds", "10"),
        ("seconds", math.nan), ("seconds", None), ("warmup_seconds", math.inf), ("size", 8), ("size", [8, 8]),
        ("size", (8,)), ("size", (8, 8, 8)), ("size", (8.0, 8)), ("size", "88"), ("cold", "yes"), ("compiled", 1),
        ("sweep", None), ("autotune", "off"), ("kernels", "yes"),
        ("device", None), ("device", 3), ("dtype", None), ("mode", ["isolated"]),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(field: str, value: Any) -> None:
    with pytest.raises(SpecError, match=f"^{field}: ") as caught:
        ProfileSettings(**{field: value})
    assert caught.value.field == field


@pytest.mark.parametrize(
    "choice",
    [{"dtype": "int8"}, {"memory_format": "nchw"}, {"mode": "alone"}, {"passes": "backward"}, {"optimizer": "adamw"}],
)
def test_choices_that_do_not_exist_are_refused(choice: dict[str, str]) -> None:
    with pytest.raises(SpecError) as caught:
        ProfileSettings(**choice)  # type: ignore[arg-type]
    assert caught.value.field in choice


@pytest.mark.parametrize("device", ["", "x" * 41])
def test_a_device_needs_a_name(device: str) -> None:
    with pytest.raises(SpecError, match="give cpu, or a device such as cuda:0"):
        ProfileSettings(device=device)
    assert ProfileSettings(device="x" * 40).device == "x" * 40


@pytest.mark.parametrize("passes", ["forward+backward", "training-step"])
def test_the_isolated_mode_has_no_backward_pass(passes: Passes) -> None:
    with pytest.raises(SpecError, match="the isolated mode has no backward pass") as caught:
        ProfileSettings(mode="isolated", passes=passes)
    assert caught.value.field == "passes"
    assert ProfileSettings(mode="end-to-end", passes=passes).passes == passes


def test_only_a_training_step_uses_the_optimizer() -> None:
    settings = ProfileSettings(optimizer="adam")
    assert (settings.is_training, settings.used_optimizer) == (False, None)
    assert settings.but(passes="forward+backward").used_optimizer is None
    assert settings.but(passes="training-step").used_optimizer == "adam"


@pytest.mark.parametrize(
    "other", [{"mode": "isolated"}, {"mode": "end-to-end"}, {"passes": "forward+backward"}, {"device": "mps"}]
)
def test_kernels_are_measured_in_forward_passes_in_the_network_alone(other: dict[str, str]) -> None:
    """Asking for them elsewhere is no error: the mode may be changed afterwards."""
    assert ProfileSettings(kernels=True).wants_kernels
    assert not ProfileSettings(kernels=True, **other).wants_kernels  # type: ignore[arg-type]


def test_a_changed_copy_is_checked_again() -> None:
    settings = ProfileSettings(batch=4)
    assert settings.but(seconds=2.0) == ProfileSettings(batch=4, seconds=2.0)
    with pytest.raises(SpecError):
        settings.but(batch=0)


def test_batch_and_size_replace_those_of_the_spec_where_they_are_given() -> None:
    spec = preset("resnet18").but(input=(2, 3, 64, 48))
    assert ProfileSettings().applied_to(spec) == spec
    assert ProfileSettings(batch=5).applied_to(spec).input == (5, 3, 64, 48)
    assert ProfileSettings(size=(32, 40)).applied_to(spec).input == (2, 3, 32, 40)


def test_half_precision_has_half_the_bytes() -> None:
    assert BYTES == {"fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2}
