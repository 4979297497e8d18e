"""Random specs: every valid one is analyzed as it runs, every other refused by a sentence that names its field."""

import msgspec
import torch
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.errors import SpecError
from resnet_viz.graph.fold import fold
from resnet_viz.metrics.rollup import groups
from resnet_viz.model.resnet import build
from resnet_viz.pipeline import analyse
from resnet_viz.records.analysis import SHORTCUT_KINDS, Analysis, GroupLevel
from resnet_viz.spec.network import ResNetSpec
from tests.campaigns.extent import extent, random_source
from tests.spec.random_specs import random_fields, random_specs

LEVELS: tuple[GroupLevel, ...] = ("block", "stage")
MOST_BLOCKS = 40  # of a network that is analyzed here
LONGEST_SENTENCE = 400


def test_valid_specs_have_the_numbers_of_the_network_that_runs() -> None:
    for spec in random_specs(extent(daily=80, long=1_500), random_source().randrange(10**6)):
        analysis = analyse(spec)
        network = build(spec, "cpu").eval()
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            output = network(torch.randn(spec.input))
        assert tuple(output.shape) == analysis.layers[-1].output, spec
        assert analysis.totals.macs * 2 == counter.get_total_flops(), spec
        assert analysis.totals.params == sum(parameter.numel() for parameter in network.parameters()), spec
        _check_sums_and_shortcuts(analysis)


def test_any_fields_are_a_network_or_a_sentence() -> None:
    chance, accepted, refused = random_source(), 0, 0
    for _ in range(extent(daily=250, long=1_500)):
        fields = random_fields(chance)
        try:
            spec = ResNetSpec(**fields)
        except SpecError as error:
            refused += 1
            _check_refusal(error)
            continue
        accepted += 1
        assert msgspec.json.decode(msgspec.json.encode(spec), type=ResNetSpec) == spec
        assert hash(spec) == hash(spec.but())
        if sum(spec.blocks) <= MOST_BLOCKS:
            params = sum(parameter.numel() for parameter in build(spec).parameters())
            analysis = analyse(spec)
            assert analysis.totals.params == params, spec
            _check_sums_and_shortcuts(analysis)
    assert min(accepted, refused) > 0.2 * (accepted + refused)


def _check_refusal(error: SpecError) -> None:
    """Assert that the sentence names a field of a spec, on one line of bounded length."""
    sentence = str(error)
    assert error.field in ResNetSpec.__struct_fields__, sentence
    assert sentence.startswith(f"{error.field}: ")
    assert len(sentence) < LONGEST_SENTENCE
    assert sentence.isprintable(), sentence


def _check_sums_and_shortcuts(analysis: Analysis) -> None:
    """Assert that blocks and stages have the sums and shortcuts of the layers, and that JSON keeps all of it."""
    spec, totals = analysis.spec, analysis.totals
    assert len(analysis.graph) == totals.layers == len(analysis.layers), spec
    shortcuts = 0 if spec.shortcut == "none" else sum(spec.blocks)
    assert sum(edge.kind != "main" for edge in analysis.edges) == shortcuts, spec
    for level in LEVELS:
        parts, folded = groups(analysis, level), fold(analysis.graph, level)
        for name in ("params", "macs", "flops", "layers"):
            assert sum(getattr(part, name) for part in parts) == getattr(totals, name), spec
            assert sum(data for _, data in folded.nodes(data=name)) == getattr(totals, name), spec
        assert sum(kind in SHORTCUT_KINDS for *_, kind in folded.edges(data="kind")) == shortcuts, spec
    assert msgspec.json.decode(msgspec.json.encode(analysis), type=Analysis) == analysis, spec
