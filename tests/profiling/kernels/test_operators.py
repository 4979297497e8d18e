"""Operators of a processor are listed where they spend their time."""

import pytest

from resnet_viz.profiling.kernels.events import NamedRange, Operator
from resnet_viz.profiling.kernels.operators import operators_of_layers


def conv_of(us: float, *, start_us: float = 0.0, inner: str = "mkldnn_convolution") -> NamedRange:
    """A convolution that passes its work on twice, the last time beside a little of its own."""
    copied = Operator("empty", start_us + 12, 0.5, ())
    deepest = Operator(inner, start_us + 11, us - 2, (copied,))
    middle = Operator("convolution", start_us + 10.5, us - 1, (Operator("sizes", start_us + 10.6, 0.1, ()), deepest))
    return NamedRange("conv1", start_us + 5, us + 30, (Operator("conv2d", start_us + 10, us, (middle,)),), ())


def two_of(first_us: float, second_us: float) -> NamedRange:
    """A layer that calls two operators, of which the first works itself and the second passes half of it on."""
    inner = Operator("clamp_min", 220.0, 0.5 * second_us, ())
    operators = (Operator("pad", 200.0, first_us, ()), Operator("relu", 210.0, second_us, (inner,)))
    return NamedRange("relu", 190.0, first_us + second_us + 5, operators, ())


def test_operators_that_pass_their_work_on_are_listed_as_those_that_do_it() -> None:
    conv, relu = operators_of_layers([[conv_of(100.0), two_of(20.0, 10.0)]])
    assert [(each.name, each.time_us, each.start_us, each.traced_us) for each in conv.kernels] == [
        ("mkldnn_convolution", 98.0, 6.0, 98.0)
    ]
    assert [(each.name, each.start_us) for each in relu.kernels] == [("pad", 195.0), ("relu", 205.0)]
    assert (conv.id, conv.time_us, relu.time_us) == ("conv1", 130.0, 35.0)


def test_small_operators_count_in_their_layer_and_are_not_listed() -> None:
    (relu,) = operators_of_layers([[two_of(100.0, 5.0)]])
    assert [each.name for each in relu.kernels] == ["pad"]
    assert relu.time_us == 110.0


def test_times_are_medians_and_the_middle_pass_is_traced() -> None:
    passes = [[conv_of(us, start_us=1_000.0 * number)] for number, us in enumerate((90.0, 120.0, 100.0))]
    (conv,) = operators_of_layers(passes)
    assert (conv.time_us, conv.kernels[0].time_us, conv.kernels[0].traced_us) == (130.0, 98.0, 98.0)
    assert conv.kernels[0].start_us == pytest.approx(6.0)


def test_a_pass_with_other_operators_does_not_count_for_them() -> None:
    passes = [[conv_of(us, inner=inner)] for us, inner in ((90.0, "slow"), (100.0, "fast"), (120.0, "fast"))]
    (conv,) = operators_of_layers(passes)
    assert (conv.kernels[0].name, conv.kernels[0].time_us, conv.time_us) == ("fast", 108.0, 130.0)
