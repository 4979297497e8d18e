"""A network's answer made by hand, so that the window's tests need no torch."""

import itertools

from resnet_viz.records.analysis import Analysis, EdgeRecord, Geometry, Kind, LayerRecord, Role, Totals
from resnet_viz.spec.network import ResNetSpec

STEM = (1, 64, 56, 56)
IMAGE = (1, 3, 224, 224)


def small_analysis(spec: ResNetSpec) -> Analysis:
    """A stem, a convolution and a `+` for each block, and a classifier; the numbers are plausible, not right."""
    layers = [
        _layer("conv1", "conv", 0, None, "stem", params=9408, macs=118_013_952),
        _layer("relu", "act", 0, None, "stem"),
    ]
    for stage, blocks in enumerate(spec.blocks, start=1):
        for block in range(blocks):
            name = f"layer{stage}.{block}"
            layers.append(_layer(f"{name}.conv1", "conv", stage, block, "main", params=36_864, macs=115_605_504))
            layers.append(_layer(f"{name}.add", "add", stage, block, "main"))
    layers.append(_layer("fc", "linear", None, None, "head", params=513_000, macs=512_000))
    edges = [EdgeRecord(before.id, after.id) for before, after in itertools.pairwise(layers)]
    totals = Totals(
        layers=len(layers),
        params=sum(layer.params for layer in layers),
        macs=sum(layer.macs for layer in layers),
        flops=2 * sum(layer.macs for layer in layers),
        activations=1000,
        params_bytes=4 * sum(layer.params for layer in layers),
        peak_activation_bytes=6_422_528,
        receptive_field=435,
    )
    return Analysis(spec, totals, tuple(layers), tuple(edges))


def _layer(
    name: str, kind: Kind, stage: int | None, block: int | None, role: Role, *, params: int = 0, macs: int = 0
) -> LayerRecord:
    types = {"conv": "Conv2d", "act": "ReLU", "add": "Add", "linear": "Linear"}
    inputs = (STEM, STEM) if kind == "add" else (IMAGE if name == "conv1" else STEM,)
    geometry = Geometry(3, 1, 1) if kind == "conv" else None
    return LayerRecord(
        id=name, kind=kind, type=types[kind], stage=stage, block=block, role=role,
        inputs=((1, 64),) if kind == "linear" else inputs, output=(1, 1000) if kind == "linear" else STEM,
        params=params, macs=macs, flops=2 * macs or 200_704, output_bytes=802_816, receptive_field=11, jump=4,
        geometry=geometry,
    )  # fmt: skip
