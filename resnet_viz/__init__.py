"""Any ResNet built, traced, counted and shown; the names that scripts and lecture notes use.

`presets` must be the function although a module has its name, so the torch-free names are bound here at once;
what needs torch is loaded at its first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from resnet_viz.errors import SpecError, UserError
from resnet_viz.spec.network import ResNetSpec
from resnet_viz.spec.presets import names as presets
from resnet_viz.spec.presets import preset

if TYPE_CHECKING:
    from resnet_viz.model.resnet import build
    from resnet_viz.pipeline import analyse, profile
    from resnet_viz.records.analysis import Analysis
    from resnet_viz.records.run import ProfileRun
    from resnet_viz.spec.profiling import ProfileSettings

__all__ = [
    "Analysis", "ProfileRun", "ProfileSettings", "ResNetSpec", "SpecError", "UserError",
    "analyse", "build", "preset", "presets", "profile",
]  # fmt: skip

_LATER = {
    "Analysis": "resnet_viz.records.analysis",
    "ProfileRun": "resnet_viz.records.run",
    "ProfileSettings": "resnet_viz.spec.profiling",
    "analyse": "resnet_viz.pipeline",
    "build": "resnet_viz.model.resnet",
    "profile": "resnet_viz.pipeline",
}


def __getattr__(name: str) -> object:
    """The public names that take time to load, at their first use."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    """Every public name, loaded or not."""
    return sorted({*globals(), *__all__})
