"""What the window, the engine and the files ask about: today always a network of the family, later a module too."""

from resnet_viz.spec.network import ResNetSpec

Question = ResNetSpec
"""Whatever an analysis answers; a Python file's module will be a second kind of it."""
