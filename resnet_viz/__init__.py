"""Build, inspect and measure any ResNet: the names that scripts and lecture notes use.

`presets` must be the function although a module has its name, so the torch-free names are bound here at once;
what needs torch is loaded at its first use.
"""

from typing import TYPE_CHECKING

from resnet_viz.errors import SpecError, UserError
from resnet_viz.records.analysis import Analysis
from resnet_viz.records.run import ProfileRun
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import names as presets
from resnet_viz.spec.presets import preset
from resnet_viz.spec.profiling import ProfileSettings
from resnet_viz.version import __version__ as __version__

if TYPE_CHECKING:
    from resnet_viz.measurement import profile
    from resnet_viz.model.resnet import build
    from resnet_viz.pipeline import analyse

__all__ = [
    "Analysis", "ProfileRun", "ProfileSettings", "ResNetSpec", "SpecError", "UserError",
    "analyse", "build", "preset", "presets", "profile",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """The public names that need torch, at their first use: it takes a second to load."""
    if name == "analyse":
        from resnet_viz.pipeline import analyse  # torch

        return analyse
    if name == "build":
        from resnet_viz.model.resnet import build  # torch

        return build
    if name == "profile":
        from resnet_viz.measurement import profile  # torch, and psutil

        return profile
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Every public name, loaded or not."""
    return sorted({*globals(), *__all__})
