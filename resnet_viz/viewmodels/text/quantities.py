"""Names of the quantities that can be shown of a network, and their values with units."""

from resnet_viz.records.analysis import Convention
from resnet_viz.records.quantities import Quantity
from resnet_viz.texts import tr
from resnet_viz.viewmodels.text.conventions import count_label
from resnet_viz.viewmodels.text.numbers import byte_size, milliseconds, pixels, short


def quantity_names(convention: Convention = "macs") -> dict[Quantity, str]:
    """Return the name of each quantity, in the reader's language and by the convention of counting."""
    return {
        "params": tr("Parameters"),
        "macs": count_label(convention).heading,
        "bytes": tr("Activation bytes"),
        "field": tr("Receptive field"),
        "latency": tr("Latency"),
    }


def value_text(quantity: Quantity, value: float) -> str:
    """Write a value with its unit: `25.56 M`, `9.2 MiB`, `427 px`, `0.061 ms`."""
    if quantity == "latency":
        return milliseconds(value)
    return {"bytes": byte_size, "field": pixels}.get(quantity, short)(round(value))
