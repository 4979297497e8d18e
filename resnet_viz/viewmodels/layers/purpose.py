"""Explains the purpose of a layer, block or stage in one or two sentences that are true of this one."""

from collections.abc import Callable

from resnet_viz.records.analysis import SHORTCUT_KINDS, Analysis, EdgeKind, GroupRecord, Kind, LayerRecord
from resnet_viz.spec.network import NORM_GROUPS
from resnet_viz.texts import tr
from resnet_viz.viewmodels.layers.convolutions import convolution_purpose
from resnet_viz.viewmodels.layers.pools import pool_purpose


def layer_purpose(analysis: Analysis, layer: LayerRecord) -> str:
    """Return what the layer does in its block and network, with the paper of a part that not every ResNet has."""
    by_kind: dict[Kind, Callable[[Analysis, LayerRecord], str]] = {
        "conv": convolution_purpose,
        "norm": _norm,
        "act": _activation,
        "pool": pool_purpose,
        "add": _addition,
        "multiply": lambda *_: tr(
            "Multiplies each channel by its number from the gate, so that what matters in this image counts more. The "
            "receptive field shown is that of the spatial path: through the gate each value depends on the whole map."
        ),
        "sigmoid": lambda *_: tr("Brings the gate's numbers between 0 and 1, a factor for each channel."),
        "pad": lambda *_: tr("Shortcut A: it reaches the block's output shape without any parameters."),
        "flatten": lambda *_: tr("Turns the pooled maps into one row of numbers for the classifier."),
        "linear": lambda *_: tr("The classifier: one score for each class from the pooled features."),
        "unknown": lambda *_: tr("An operation that this program does not know."),
    }
    return by_kind[layer.kind](analysis, layer)


def group_purpose(analysis: Analysis, group: GroupRecord) -> str:
    """Return a sentence about the purpose of a stem, stage, block or head."""
    if group.id == "stem":
        return _stem(analysis, group)
    if not group.stage:
        if not analysis.spec.head:
            return tr("Normalizes and activates the last stage's output, as pre-activation blocks end without either.")
        return tr("Averages the last stage's output over the image, and scores the classes.")
    if group.block is not None:
        return _block(analysis, group)
    before, after = group.input, group.output
    if before[2:] == after[2:]:
        text = tr("The stage keeps the resolution at {size} and takes {before} channels to {after}.")
    else:
        text = tr("The stage takes the resolution down to {size} and {before} channels to {after}.")
    return text.format(size=f"{after[2]}×{after[3]}", before=before[1], after=after[1])


def _activation(analysis: Analysis, layer: LayerRecord) -> str:
    if layer.role == "gate":
        return tr("Without a nonlinearity the two layers of the gate could be merged into one.")
    post = analysis.spec.order == "post"
    if post and any(analysis.layer_by_id[edge.source].kind == "add" for edge in analysis.edges_into[layer.id]):
        return tr("The activation after the addition: the input of the next block and of its shortcut.")
    if layer.role == "stem":
        return tr("Lets the stem's positive responses through.")
    if not post and layer.role != "head":
        return tr("Pre-activation: it comes before the convolution, so that nothing changes the shortcut path.")
    if layer.role == "head":
        return tr("The last activation, because pre-activation blocks end without one.")
    return tr("Without a nonlinearity the convolutions before and after it could be merged into one.")


def _addition(analysis: Analysis, layer: LayerRecord) -> str:
    return {
        "projection": tr("Adds the projected input of the block to what its convolutions computed: the residual +."),
        "padding": tr("Adds the block's input, subsampled or padded with zeros, to what its convolutions computed."),
        "identity": tr(
            "Adds the block's unchanged input to what its convolutions computed: they learn only the residual."
        ),
    }[_shortcut_kind(analysis, layer)]


def _shortcut_kind(analysis: Analysis, add: LayerRecord) -> EdgeKind:
    return next((edge.kind for edge in analysis.edges_into[add.id] if edge.kind in SHORTCUT_KINDS), "identity")


def _norm(analysis: Analysis, layer: LayerRecord) -> str:
    place, operation = _place_of_norm(analysis, layer), _norm_operation(layer)
    return " ".join(filter(None, (place, operation))) if layer.variant else place or operation


def _place_of_norm(analysis: Analysis, layer: LayerRecord) -> str:
    """Return what a norm does where it stands; empty where that is nothing special."""
    if layer.role == "shortcut":
        return tr("Brings the projection to the scale of the path to which it is added.")
    if layer.role == "head":
        return tr("Normalizes the sum of all blocks before the classifier.")
    if analysis.spec.order == "pre" and layer.role == "main":
        if layer.variant in ("evonorm", "frn"):
            return tr("Pre-activation: normalizes and activates what the following convolution reads.")
        return tr("Pre-activation: normalizes what the following ReLU and convolution read.")
    return ""


def _norm_operation(layer: LayerRecord) -> str:
    return {
        "group": tr(
            "Group norm gives each of {n} groups of channels zero mean and unit variance within one image, whatever "
            "the batch, then each channel a learned scale and shift (Wu and He 2018)."
        ),
        "evonorm": tr(
            "EvoNorm S0 is norm and activation in one: x · σ(v·x), divided by the deviation of x in each of {n} groups "
            "of channels of one image, then a learned scale and shift (Liu et al. 2020)."
        ),
        "frn": tr(
            "Filter response norm divides each channel by the root of its mean square in one image, then scales and "
            "shifts it; a learned threshold for each channel takes the place of ReLU's 0 (Singh and Krishnan 2020)."
        ),
    }.get(
        layer.variant,
        tr("Gives each channel zero mean and unit variance over the batch, then a learned scale and shift."),
    ).format(n=NORM_GROUPS)  # fmt: skip


def _stem(analysis: Analysis, group: GroupRecord) -> str:
    if group.input[2:] == group.output[2:]:
        text = tr("Takes the image to {channels} channels at its own resolution.")
    elif analysis.spec.stem == "imagenet" and analysis.spec.stem_widths:
        text = tr("Takes the image to {channels} channels and down to {size} before the first stage, by three 3×3 "
                  "convolutions in place of one 7×7 (He et al. 2019).")  # fmt: skip
    else:
        text = tr("Takes the image to {channels} channels and down to {size} before the first stage.")
    return text.format(channels=group.output[1], size=f"{group.output[2]}×{group.output[3]}")


def _block(analysis: Analysis, group: GroupRecord) -> str:
    layers = analysis.layers_in(group.id)
    add_index = next((index for index, layer in enumerate(layers) if layer.kind == "add"), None)
    kind = None if add_index is None else _shortcut_kind(analysis, layers[add_index])
    pooled = any(layer.role == "shortcut" and layer.kind == "pool" for layer in layers)
    weighted = "W·pool({x})" if pooled else "W·{x}"
    activated = kind == "projection" and analysis.spec.order == "pre"
    term, sentence = {
        None: ("F(x)", tr("A plain block: its convolutions follow each other without a shortcut: output = {result}.")),
        "projection": (f"F(x) + {weighted.format(x='x̂' if activated else 'x')}", _projected(pooled=pooled)),
        "padding": ("F(x) + pad(x)", tr("Its shortcut is the input padded with zeros: output = {result}.")),
        "identity": (
            "F(x) + x",
            tr("Its shortcut is the identity: output = {result}, so the block learns only what to change."),
        ),
    }[kind]
    if activated:
        sentence = _projected_activated(pooled=pooled)
    ends_in_relu = any(layer.kind == "act" for layer in layers[-1 if add_index is None else add_index :])
    result = f"ReLU({term})" if ends_in_relu else term
    sentences = [sentence.format(result=result, activated=_activated_input(analysis))]
    if any(layer.kind == "multiply" for layer in layers):
        sentences.append(_gate_sentence(analysis))
    return " ".join(sentences)


def _projected(*, pooled: bool) -> str:
    if pooled:
        return tr("Its shortcut is an average pool with a projection behind it: output = {result}.")
    return tr("Its shortcut is a projection: output = {result}.")


def _projected_activated(*, pooled: bool) -> str:
    if pooled:
        return tr("Its shortcut is an average pool of the activated input x̂ = {activated} with a projection behind it: "
                  "output = {result}.")  # fmt: skip
    return tr("Its shortcut is a projection of the activated input x̂ = {activated}: output = {result}.")


def _activated_input(analysis: Analysis) -> str:
    """Return the formula of a pre-activation block's activated input."""
    return {
        "batch": "ReLU(BN(x))", "group": "ReLU(GN(x))", "evonorm": "EvoNorm(x)", "frn": "TLU(FRN(x))", "none": "ReLU(x)"
    }[analysis.spec.norm]  # fmt: skip


def _gate_sentence(analysis: Analysis) -> str:
    if analysis.spec.attention == "eca":
        return tr("Within F(x) an efficient channel attention gate scales each channel by a factor from the means of "
                  "its neighbors (Wang et al. 2020).")  # fmt: skip
    return tr("Within F(x) a squeeze-and-excitation gate scales each channel by a factor from the means of all "
              "channels (Hu et al. 2018).")  # fmt: skip
