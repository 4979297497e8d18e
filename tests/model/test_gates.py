"""Channel attention by formulas written out in plain torch."""

import torch

from resnet_viz.model.gates import EfficientChannelAttention, SqueezeExcite, make_gate
from tests.model.test_operations import filled, image


def test_squeeze_and_excitation_multiplies_by_a_gate_of_all_channel_means() -> None:
    module = filled(SqueezeExcite(16, 8))
    x = image(2, 16, 3, 5)
    state = module.state_dict()
    means = x.sum(dim=(2, 3)) / 15
    hidden = (means @ state["fc1.weight"][:, :, 0, 0].T + state["fc1.bias"]).clamp(min=0)
    excited = hidden @ state["fc2.weight"][:, :, 0, 0].T + state["fc2.bias"]
    expected = torch.einsum("nchw,nc->nchw", x, 1 / (1 + torch.exp(-excited)))
    torch.testing.assert_close(module(x), expected)
    assert list(state) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]


def test_efficient_channel_attention_multiplies_by_a_gate_of_neighboring_means() -> None:
    module = filled(EfficientChannelAttention(3))
    x = image(2, 4, 3, 5)
    before, own, after = module.state_dict()["conv.weight"].flatten()
    means = torch.cat([torch.zeros(2, 1), x.sum(dim=(2, 3)) / 15, torch.zeros(2, 1)], dim=1)
    mixed = before * means[:, :-2] + own * means[:, 1:-1] + after * means[:, 2:]
    torch.testing.assert_close(module(x), x * torch.sigmoid(mixed)[:, :, None, None])


def test_a_pruned_network_keeps_the_kernel_of_its_channels_before() -> None:
    gate = make_gate("eca", 171, 16, 2048)
    assert isinstance(gate, EfficientChannelAttention)
    assert gate.conv.kernel_size == (7,)
    plain = make_gate("eca", 171, 16)
    assert isinstance(plain, EfficientChannelAttention)
    assert plain.conv.kernel_size == (5,)


def test_a_gate_has_the_hidden_channels_of_its_reduction_and_there_may_be_none() -> None:
    gate = make_gate("se", 256, 4)
    assert isinstance(gate, SqueezeExcite)
    assert gate.fc1.out_channels == gate.fc2.in_channels == 64
    assert make_gate("none", 256, 16) is None
