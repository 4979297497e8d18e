"""Explains the purpose of a layer, block or stage in one sentence that is true of this one."""

from collections.abc import Callable

from resnet_viz.records.analysis import SHORTCUT_KINDS, Analysis, EdgeKind, Geometry, GroupRecord, Kind, LayerRecord
from resnet_viz.texts import tr


def layer_purpose(analysis: Analysis, layer: LayerRecord) -> str:
    """Return a sentence about the layer's role in its block and network."""
    by_kind: dict[Kind, Callable[[Analysis, LayerRecord], str]] = {
        "conv": _convolution,
        "norm": _norm,
        "act": _activation,
        "pool": lambda _, layer: _pool(layer),
        "add": _addition,
        "pad": lambda *_: tr("Shortcut A: it reaches the block's output shape without any parameters."),
        "flatten": lambda *_: tr("Turns the pooled maps into one row of numbers for the classifier."),
        "linear": lambda *_: tr("The classifier: one score for each class from the pooled features."),
    }
    return by_kind[layer.kind](analysis, layer)


def group_purpose(analysis: Analysis, group: GroupRecord) -> str:
    """Return a sentence about the purpose of a stem, stage, block or head."""
    if group.id == "stem":
        return _stem(group)
    if not group.stage:
        return tr("Averages the last stage's output over the image, and scores the classes.")
    if group.block is not None:
        return _block(analysis, group)
    before, after = group.input, group.output
    if before[2:] == after[2:]:
        text = tr("The stage keeps the resolution at {size} and takes {before} channels to {after}.")
    else:
        text = tr("The stage takes the resolution down to {size} and {before} channels to {after}.")
    return text.format(size=f"{after[2]}×{after[3]}", before=before[1], after=after[1])


def _convolution(analysis: Analysis, layer: LayerRecord) -> str:
    if layer.role == "shortcut":
        return _projection(layer)
    before, after = layer.inputs[0][1], layer.output[1]
    main_width = analysis.spec.outputs[(layer.stage or 1) - 1]
    window = layer.geometry or Geometry(kernel=1, stride=1, padding=0)
    name = layer.id.rsplit(".", 1)[-1]
    if layer.role == "stem":
        clause = tr("Turns the image's {before} channels into {after} maps of edges and colors")
    elif analysis.spec.block == "bottleneck":
        clause = _bottleneck_clause(name, before, after, main_width)
    elif name == "conv1":
        clause = tr("The block's first 3×3 convolution: {before} channels become {after}")
    elif analysis.spec.shortcut == "none":
        clause = tr("The block's second 3×3 convolution; the network is plain, so nothing is added to its output")
    else:
        clause = tr("The block's second 3×3 convolution: its output, normalized or not, is what the block adds")
    clause = clause.format(before=before, after=after, width=main_width, groups=after // window.groups)
    if window.stride > 1:
        sentence = tr("{clause}; its stride of {n} lowers the resolution.")
        return sentence.format(clause=clause, n=window.stride)
    if window.dilation > 1:
        sentence = tr("{clause}; its dilation of {n} enlarges the receptive field at the same cost.")
        return sentence.format(clause=clause, n=window.dilation)
    return tr("{clause}.").format(clause=clause)


def _bottleneck_clause(name: str, before: int, after: int, main_width: int) -> str:
    if name == "conv2" and after < main_width:
        return tr("The 3×3 convolution works in the reduced width ({after} instead of {width}): that is the bottleneck")
    if name == "conv2":
        return tr("The 3×3 convolution works in {after} channels, in groups of {groups}")
    if before == after:
        return tr("The 1×1 convolution mixes {before} channels and keeps their number")
    if name == "conv1" and after < before:
        return tr("The 1×1 convolution reduces {before} channels to {after}, so that the 3×3 is cheap")
    if name == "conv1":
        return tr("The 1×1 convolution widens {before} channels to {after}")
    if after < before:
        return tr("The 1×1 convolution narrows {before} channels to the block's {after}")
    return tr("The 1×1 convolution expands {before} channels to {after}, the width of the main path")


def _projection(layer: LayerRecord) -> str:
    before, after = layer.inputs[0], layer.output
    if before == after:
        return tr("Shortcut C: a learned 1×1 projection on the shortcut although the shapes already agree.")
    text = tr("The projection gives the shortcut the block's output shape ({shape}), so that the two can be added.")
    return text.format(shape="×".join(str(size) for size in after[1:]))


def _activation(analysis: Analysis, layer: LayerRecord) -> str:
    if any(analysis.layer_by_id[edge.source].kind == "add" for edge in analysis.edges_into[layer.id]):
        return tr("The activation after the addition: the input of the next block and of its shortcut.")
    if layer.role == "stem":
        return tr("Lets the stem's positive responses through.")
    if analysis.spec.order == "pre" and layer.role != "head":
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


def _pool(layer: LayerRecord) -> str:
    if layer.geometry is None or layer.variant == "average":
        return tr("Averages each map to one number, so any image size ends in the same number of features.")
    if layer.geometry.stride > 1:
        return tr("Keeps the strongest response of each neighborhood and lowers the resolution once more.")
    return tr("Keeps the strongest response of each neighborhood; with stride 1 the resolution stays.")


def _norm(analysis: Analysis, layer: LayerRecord) -> str:
    if layer.role == "shortcut":
        return tr("Brings the projection to the scale of the path to which it is added.")
    if layer.role == "head":
        return tr("Normalizes the sum of all blocks before the classifier.")
    if analysis.spec.order == "pre" and layer.role == "main":
        return tr("Pre-activation: normalizes what the following ReLU and convolution read.")
    return tr("Gives each channel zero mean and unit variance over the batch, then a learned scale and shift.")


def _stem(group: GroupRecord) -> str:
    if group.input[2:] == group.output[2:]:
        text = tr("Takes the image to {channels} channels at its own resolution.")
    else:
        text = tr("Takes the image to {channels} channels and down to {size} before the first stage.")
    return text.format(channels=group.output[1], size=f"{group.output[2]}×{group.output[3]}")


def _block(analysis: Analysis, group: GroupRecord) -> str:
    layers = analysis.layers_in(group.id)
    add_index = next((index for index, layer in enumerate(layers) if layer.kind == "add"), None)
    kind = None if add_index is None else _shortcut_kind(analysis, layers[add_index])
    term, sentence = {
        None: ("F(x)", tr("A plain block: its convolutions follow each other without a shortcut: output = {result}.")),
        "projection": ("F(x) + W·x", tr("Its shortcut is a projection: output = {result}.")),
        "padding": ("F(x) + pad(x)", tr("Its shortcut is the input padded with zeros: output = {result}.")),
        "identity": (
            "F(x) + x",
            tr("Its shortcut is the identity: output = {result}, so the block learns only what to change."),
        ),
    }[kind]
    if kind == "projection" and analysis.spec.order == "pre":
        sentence = tr("Its shortcut is a projection of the activated input x̂ = ReLU(BN(x)): output = F(x) + W·x̂.")
    ends_in_relu = any(layer.kind == "act" for layer in layers[-1 if add_index is None else add_index :])
    return sentence.format(result=f"ReLU({term})" if ends_in_relu else term)
