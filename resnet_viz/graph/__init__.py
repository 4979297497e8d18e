"""The graph of a network. `graph.fold(analysis.graph, "block")` is public, so the name `fold` is the function here,
not its module.
"""

from resnet_viz.graph.fold import fold as fold
