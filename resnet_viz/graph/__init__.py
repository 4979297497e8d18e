"""The traced graph; `graph.fold(analysis.graph, "block")` is public, so the function goes before its module here."""

from resnet_viz.graph.fold import fold as fold
