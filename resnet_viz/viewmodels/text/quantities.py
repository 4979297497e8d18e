"""Quantities in words: what each is called, and its values with their units."""

from resnet_viz.records.analysis import Convention
from resnet_viz.records.quantities import Quantity
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.conventions import label
from resnet_viz.viewmodels.text.numbers import byte_size, milliseconds, pixels, short


def quantity_names(convention: Convention = "macs") -> dict[Quantity, str]:
    """What can be shown of a network, in the reader's language and by the convention of counting."""
    return {
        "params": tr("Parameters"),
        "macs": label(convention).heading,
        "bytes": tr("Activation bytes"),
        "field": tr("Receptive field"),
        "latency": tr("Latency"),
    }


def value_text(quantity: Quantity, value: float) -> str:
    """A value with its unit: `25.56 M`, `9.2 MiB`, `427 px`, `0.061 ms`."""
    if quantity == "latency":
        return milliseconds(value)
    return {"bytes": byte_size, "field": pixels}.get(quantity, short)(round(value))
