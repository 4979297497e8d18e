"""Sets of the ids of the stages, repeats and blocks of a network that are expanded."""

from resnet_viz.records.analysis import Level
from resnet_viz.viewmodels.canvas.structure import NetworkStructure


def expanded_at(network: NetworkStructure, level: Level) -> frozenset[str]:
    """Return the ids that are expanded when the whole network is shown at this level."""
    if level == "stage":
        return frozenset()
    stages = [section for section in network.sections if section.blocks]
    expanded = {section.id for section in stages}
    if level == "layer":
        expanded |= {"stem", "head"}
        expanded |= {block.id for section in stages for block in section.blocks}
        expanded |= {repeat.id for section in stages for repeat in section.repeats}
    return frozenset(expanded)


def toggled(expanded: frozenset[str], name: str) -> frozenset[str]:
    """Return the set with `name` added, or without it where it was in the set."""
    return expanded - {name} if name in expanded else expanded | {name}


def still_expanded(expanded: frozenset[str], network: NetworkStructure) -> frozenset[str]:
    """Return the expanded ids that this network has too."""
    return expanded & expanded_at(network, "layer")
