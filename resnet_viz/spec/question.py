"""The subject of an analysis, in the window, the engine's requests and the files."""

from resnet_viz.spec.network import ResNetSpec

Question = ResNetSpec
"""The type of everything that can be analyzed: today a spec of a residual network."""
