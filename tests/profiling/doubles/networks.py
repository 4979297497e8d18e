"""Small networks that really run, and settings that measure them quickly."""

import pytest
import torch

from resnet_viz.profiling import ceilings, isolated
from resnet_viz.profiling.training_step import TrainingWorkload
from resnet_viz.profiling.workload import Workload, prepare
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.profiling import ProfileSettings

CPU = torch.device("cpu")
TINY = ResNetSpec(block="basic", blocks=(1, 1), width=8, stem="cifar", classes=10, input=(1, 3, 32, 32))
SMALL = TINY.but(width=4, input=(2, 3, 16, 16))
SPECS = {
    "basic": SMALL,
    "bottleneck": SMALL.but(block="bottleneck", blocks=(2, 1)),
    "pre-activation": SMALL.but(order="pre", blocks=(2, 2)),
    "pre-activation bottleneck": SMALL.but(order="pre", block="bottleneck"),
    "shortcut A": SMALL.but(shortcut="A", blocks=(2, 2)),
    "shortcut A, pre-activation": SMALL.but(shortcut="A", order="pre"),
    "shortcut C": SMALL.but(shortcut="C"),
    "plain": SMALL.but(shortcut="none"),
    "backbone": SMALL.but(head=False),
    "imagenet stem": SMALL.but(stem="imagenet", input=(2, 3, 40, 24)),
    "groups": SMALL.but(block="bottleneck", groups=2, bias=True),
}


def prepared(spec: ResNetSpec, **settings: object) -> Workload:
    """The workload of a spec on the CPU."""
    asked = ProfileSettings(**settings)  # type: ignore[arg-type]
    return prepare(asked.applied_to(spec), asked, CPU)


def training(spec: ResNetSpec) -> tuple[Workload, TrainingWorkload]:
    """The workload in training mode and its forward and backward."""
    work = prepared(spec, passes="forward+backward")
    return work, TrainingWorkload(work)


def make_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ceilings from little data, and a small cache to flush: the figures do not matter here."""
    monkeypatch.setattr(ceilings, "COPY_BYTES", {"cpu": 1 << 20})
    monkeypatch.setattr(ceilings, "MATRIX_SIDE", {"cpu": 64})
    monkeypatch.setattr(ceilings, "cache_bytes", lambda _: 1 << 16)
    monkeypatch.setattr(isolated, "cache_bytes", lambda _: 1 << 16)
