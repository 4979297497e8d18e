"""What a layer, block or stage is there for, in one sentence that is true of it."""

from resnet_viz.records.analysis import Analysis, GroupRecord, LayerRecord
from resnet_viz.texts import tr


def layer_purpose(analysis: Analysis, layer: LayerRecord) -> str:
    """One sentence about the layer's part in its block and network."""
    if layer.kind == "conv":
        return _convolution(analysis, layer)
    if layer.kind == "act":
        return _activation(analysis, layer)
    if layer.kind == "add":
        return _addition(analysis, layer)
    if layer.kind == "pool":
        return _pool(layer)
    if layer.kind == "norm":
        return _norm(analysis, layer)
    return {
        "pad": tr("Shortcut A: the skip gets the block's output shape without a single parameter."),
        "flatten": tr("Turns the pooled maps into one row of numbers for the classifier."),
        "linear": tr("The classifier: one score for each class from the pooled features."),
    }[layer.kind]


def group_purpose(analysis: Analysis, group: GroupRecord) -> str:
    """One sentence about a stem, stage, block or head."""
    if group.id == "stem":
        return _stem(group)
    if not group.stage:
        return tr("Averages what the last stage found over the image, and scores the classes.")
    if group.block is not None:
        return _block(analysis, group)
    before, after = group.input, group.output
    if before[2:] == after[2:]:
        text = tr("The stage keeps the resolution at {size} and takes {before} channels to {after}.")
    else:
        text = tr("The stage takes the resolution down to {size} and {before} channels to {after}.")
    return text.format(size=f"{after[2]}×{after[3]}", before=before[1], after=after[1])


def _convolution(analysis: Analysis, layer: LayerRecord) -> str:
    before, after = layer.inputs[0][1], layer.output[1]
    if layer.role == "shortcut":
        return _projection(layer)
    if layer.role == "stem":
        text = tr("Turns the image's {before} channels into {after} maps of edges and colours")
        return text.format(before=before, after=after) + _and_size(layer)
    name = layer.id.rsplit(".", 1)[-1]
    if analysis.spec.block == "bottleneck":
        return _bottleneck_convolution(analysis, layer, name)
    if name == "conv1":
        text = tr("The block's first 3×3 convolution: {before} channels become {after}")
    else:
        text = tr("The block's second 3×3 convolution: its output, normalised or not, is what the block adds")
        if analysis.spec.shortcut == "none":
            text = tr("The block's second 3×3 convolution; the network is plain, so nothing is added to its output")
    return text.format(before=before, after=after) + _and_size(layer)


def _bottleneck_convolution(analysis: Analysis, layer: LayerRecord, name: str) -> str:
    before, after = layer.inputs[0][1], layer.output[1]
    if name == "conv1":
        text = _change(
            before,
            after,
            less=tr("The 1×1 convolution reduces {before} channels to {after}, so that the 3×3 is cheap"),
            same=tr("The 1×1 convolution mixes {before} channels and keeps their number"),
            more=tr("The 1×1 convolution widens {before} channels to {after}"),
        )
        return text.format(before=before, after=after) + _and_size(layer)
    if name == "conv3":
        text = _change(
            before,
            after,
            less=tr("The 1×1 convolution narrows {before} channels to the block's {after}"),
            same=tr("The 1×1 convolution mixes {before} channels and keeps their number"),
            more=tr("The 1×1 convolution expands {before} channels to {after}, the width of the trunk"),
        )
        return text.format(before=before, after=after) + "."
    trunk = analysis.spec.widths[(layer.stage or 1) - 1] * analysis.spec.expansion
    if after < trunk:
        text = tr("The 3×3 convolution works in the reduced width ({after} instead of {trunk}): that is the bottleneck")
    else:
        text = tr("The 3×3 convolution works in {after} channels, {groups} of them seeing each other")
        groups = layer.geometry.groups if layer.geometry else 1
        return text.format(after=after, groups=after // groups) + _and_size(layer)
    return text.format(after=after, trunk=trunk) + _and_size(layer)


def _change(before: int, after: int, *, less: str, same: str, more: str) -> str:
    if after == before:
        return same
    return less if after < before else more


def _and_size(layer: LayerRecord) -> str:
    stride = layer.geometry.stride if layer.geometry else 1
    dilation = layer.geometry.dilation if layer.geometry else 1
    if stride > 1:
        return tr("; its stride of {n} lowers the resolution.").format(n=stride)
    return tr("; dilated {n} times it sees further at the same cost.").format(n=dilation) if dilation > 1 else "."


def _projection(layer: LayerRecord) -> str:
    before, after = layer.inputs[0], layer.output
    if before == after:
        return tr("Shortcut C: a learned 1×1 projection on the skip although the shapes already agree.")
    text = tr("The projection gives the skip the block's output shape ({shape}), so that the two can be added.")
    return text.format(shape="×".join(str(size) for size in after[1:]))


def _activation(analysis: Analysis, layer: LayerRecord) -> str:
    if any(analysis.layer_by_id[edge.source].kind == "add" for edge in analysis.edges_into[layer.id]):
        return tr("The activation after the addition: what the next block, and its skip, start from.")
    if layer.role == "stem":
        return tr("Lets the stem's positive responses through.")
    if analysis.spec.order == "pre" and layer.role != "head":
        return tr("Pre-activation: it stands before the convolution, so the skip path stays untouched.")
    if layer.role == "head":
        return tr("The last activation, as pre-activation blocks end without one.")
    return tr("Without a nonlinearity the convolutions before and after it would be one.")


def _addition(analysis: Analysis, layer: LayerRecord) -> str:
    kinds = {edge.kind for edge in analysis.edges_into[layer.id]}
    if "projection" in kinds:
        return tr("Adds the projected input of the block to what its convolutions computed: the residual +.")
    if "padding" in kinds:
        return tr("Adds the block's input, subsampled or padded with zeros, to what its convolutions computed.")
    return tr("Adds the block's unchanged input to what its convolutions computed: they learn only the residual.")


def _pool(layer: LayerRecord) -> str:
    if layer.geometry is None or layer.variant == "average":
        return tr("Averages each map to one number, so any image size ends in the same number of features.")
    if layer.geometry.stride > 1:
        return tr("Keeps the strongest response of each neighbourhood and lowers the resolution once more.")
    return tr("Keeps the strongest response of each neighbourhood; with stride 1 the resolution stays.")


def _norm(analysis: Analysis, layer: LayerRecord) -> str:
    if layer.role == "shortcut":
        return tr("Brings the projection to the scale of the path that it is added to.")
    if layer.role == "head":
        return tr("Normalises the sum of all blocks before the classifier.")
    if analysis.spec.order == "pre" and layer.role == "main":
        return tr("Pre-activation: normalises what the following ReLU and convolution read.")
    return tr("Gives each channel zero mean and unit variance over the batch, then its own scale and shift.")


def _stem(group: GroupRecord) -> str:
    if group.input[2:] == group.output[2:]:
        text = tr("Takes the image to {channels} channels at its own resolution.")
    else:
        text = tr("Takes the image to {channels} channels and down to {size} before the first stage.")
    return text.format(channels=group.output[1], size=f"{group.output[2]}×{group.output[3]}")


def _block(analysis: Analysis, group: GroupRecord) -> str:
    layers = analysis.layers_in(group.id)
    joint = next((place for place, layer in enumerate(layers) if layer.kind == "add"), None)
    if joint is None:
        text = tr("A plain block: its convolutions follow each other without a skip: output = {result}.")
        return text.format(result=_result("F(x)", rectified=layers[-1].kind == "act"))
    rectified = any(layer.kind == "act" for layer in layers[joint:])
    kinds = {edge.kind for edge in analysis.edges_into[layers[joint].id]}
    if "projection" in kinds:
        text = tr("Its skip is a projection: output = {result}.")
        if analysis.spec.order == "pre":
            text = tr("Its skip is a projection of the activated input x̂ = ReLU(BN(x)): output = F(x) + W·x̂.")
        return text.format(result=_result("F(x) + W·x", rectified=rectified))
    if "padding" in kinds:
        text = tr("Its skip is the input padded with zeros: output = {result}.")
        return text.format(result=_result("F(x) + pad(x)", rectified=rectified))
    text = tr("Its skip is the identity: output = {result}, so the block learns only what to change.")
    return text.format(result=_result("F(x) + x", rectified=rectified))


def _result(term: str, *, rectified: bool) -> str:
    """The term, in the activation that a post-activation block ends with."""
    return f"ReLU({term})" if rectified else term
