"""The command `memory`: the peak of live tensors, and the largest batches that fit."""

import pytest

from resnet_viz.__main__ import main
from resnet_viz.metrics.training_memory import training_peak_bytes
from resnet_viz.pipeline import analyse
from resnet_viz.spec.presets import preset
from tests.cli.asking import Capture, answered, printed


def test_the_page_names_the_layer_at_the_peak(capsys: Capture) -> None:
    """ResNet-50's first projection holds three tensors of 256×56×56."""
    page = printed(capsys, "memory", "resnet50")
    for text in ("9.19 MiB at layer1.0.downsample.1", "82.13 MiB", "97.49 MiB", "layer1.0.bn3"):
        assert text in page
    assert "GiB" not in page


@pytest.mark.parametrize(
    ("network", "layers"),
    [
        ("resnet18", ["conv1", "bn1", "relu", "maxpool"]),  # the peak is at the second layer
        (
            "resnet50",
            ["layer1.0.bn3", "layer1.0.downsample.0", "layer1.0.downsample.1", "layer1.0.add", "layer1.0.relu3"],
        ),
    ],
)
def test_the_table_has_two_layers_on_either_side_of_the_peak(capsys: Capture, network: str, layers: list[str]) -> None:
    lines = printed(capsys, "memory", network).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("───")) + 1
    assert [line.split()[0] for line in lines[start : lines.index("", start)]] == layers


def test_a_row_has_output_live_and_saved_bytes_and_the_live_tensors(capsys: Capture) -> None:
    page = printed(capsys, "memory", "resnet50", "--layers")
    lines = [" ".join(line.split()) for line in page.splitlines()]
    assert lines[0] == "ResNet-50 · 1×3×224×224 · fp32"
    assert "name output live saved live tensors" in lines
    assert "conv1 3.06 MiB 3.64 MiB 3.06 MiB input + conv1" in lines
    assert "layer1.0.add 3.06 MiB 9.19 MiB 0 B layer1.0.bn3 + layer1.0.downsample.1 + layer1.0.add" in lines
    assert len([line for line in lines if line.startswith("layer4.2.")]) == 10


def last_screen(page: str) -> str:
    """The lines that a terminal of 80 columns and 24 lines shows after the page is printed."""
    lines = [line[start : start + 80] for line in page.splitlines() for start in range(0, max(1, len(line)), 80)]
    return "\n".join(lines[-23:])


def test_the_sums_of_a_deep_network_stay_on_the_screen(capsys: Capture) -> None:
    """A terminal of 80×24 shows all sums at the end, with the layers around the peak and with all layers."""
    page = printed(capsys, "memory", "resnet152", "--fits-gib", "0.01")
    assert all(name in last_screen(page) for name in ("parameters ", "peak of live tensors", "fits into"))
    assert "Layers around the peak (--layers prints all 515)" in page
    assert "not even one image: inference needs 239.38 MiB" in page
    all_layers = printed(capsys, "memory", "resnet152", "--layers")
    assert all_layers.count("layer3.35") > 3
    assert "parameters " in last_screen(all_layers)
    assert all_layers.index("\nlayer3.35.conv1") < all_layers.index("\nparameters")
    assert "--layers" not in all_layers
    assert "Layers around the peak" in printed(capsys, "memory", "resnet8_cifar")


def test_memory_as_json(capsys: Capture) -> None:
    """The answer has dtype, batch, sums and the largest batches that fit."""
    content = answered(capsys, "memory", "resnet50", "--batch", "8", "--dtype", "bf16", "--fits-gib", "16")
    assert (content["batch"], content["dtype"], content["spec"]["input"][0]) == (8, "bf16", 8)
    assert content["peak_bytes"] == 8 * 3 * 256 * 56 * 56 * 2
    assert content["inference_bytes"] == content["params_bytes"] + content["buffers_bytes"] + content["peak_bytes"]
    assert content["fits"]["inference_batch"] > content["fits"]["training_batch"] > 100
    assert content["layers"][0]["alive"] == ["", "conv1"]


def test_a_wrong_option_is_one_sentence_and_status_2(capsys: Capture) -> None:
    for wrong, sentence in (
        (["--fits-gib", "0"], "--fits-gib: 0 is not accepted; give a size in GiB, such as 16.\n"),
        (["--dtype", "fp8"], "--dtype: fp8 is not accepted; give one of fp32, tf32, fp16, bf16.\n"),
        (["--batch", "0"], "--batch: 0 is not accepted; give a whole number from 1 to 1,000,000.\n"),
    ):
        assert main(["memory", "resnet50", *wrong]) == 2
        assert capsys.readouterr().err == sentence


def test_the_peak_of_a_training_step_is_on_the_page_and_in_json(capsys: Capture) -> None:
    steps = answered(capsys, "memory", "resnet18")["training_step_peak_bytes"]
    analysis = analyse(preset("resnet18"))
    assert steps == {name: training_peak_bytes(analysis, optimizer=name) for name in ("sgd", "adam")}
    assert "150.74 MiB with SGD and momentum, 195.33 MiB with Adam" in printed(capsys, "memory", "resnet18")
