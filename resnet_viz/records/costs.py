"""The operations of a network by one convention of counting, kept apart from its layers so that it can change."""

from collections.abc import Mapping

import msgspec

from resnet_viz.records.analysis import Convention


class Costs(msgspec.Struct, frozen=True):
    """The operations of every layer, block, stage, stem and head by node id, their total, and the convention by which
    they are counted.
    """

    convention: Convention
    by_id: Mapping[str, int]
    total: int
