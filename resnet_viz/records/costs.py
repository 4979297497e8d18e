"""What a network costs by one convention of counting: an overlay on its layers, as the times of a run are."""

from collections.abc import Mapping

import msgspec

from resnet_viz.records.analysis import Convention


class Costs(msgspec.Struct, frozen=True):
    """The operations of every layer, block and stage, stem and head by node id, those of the whole network, and the
    convention by which they are counted.
    """

    convention: Convention
    by_id: Mapping[str, int]
    total: int
