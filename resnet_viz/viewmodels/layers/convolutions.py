"""Explains the purpose of a convolution, which depends on whether it is in the stem, a block, a shortcut or a gate."""

from resnet_viz.records.analysis import Analysis, Geometry, LayerRecord
from resnet_viz.texts import tr


def convolution_purpose(analysis: Analysis, layer: LayerRecord) -> str:
    """Return what a convolution does where it stands."""
    sentences = [_purpose(analysis, layer)]
    if layer.type == "StandardizedConv2d":
        sentences.append(tr("In every pass each filter gets zero mean and unit variance first (Qiao et al. 2019)."))
    return " ".join(sentences)


def _purpose(analysis: Analysis, layer: LayerRecord) -> str:
    if layer.role == "gate":
        return _gate(layer)
    if layer.role == "shortcut":
        return _projection(analysis, layer)
    before, after = layer.inputs[0][1], layer.output[1]
    clause = _stem_clause(analysis, layer) if layer.role == "stem" else _block_clause(analysis, layer)
    window = layer.geometry or Geometry(kernel=1, stride=1, padding=0)
    main_width = analysis.spec.outputs[(layer.stage or 1) - 1]
    clause = clause.format(before=before, after=after, width=main_width, groups=after // window.groups)
    if window.stride > 1:
        sentence = tr("{clause}; its stride of {n} lowers the resolution.")
        return sentence.format(clause=clause, n=window.stride)
    if window.dilation > 1:
        sentence = tr("{clause}; its dilation of {n} enlarges the receptive field at the same cost.")
        return sentence.format(clause=clause, n=window.dilation)
    if _strides_behind(analysis, layer):
        return tr("{clause}; the pool behind its activation lowers the resolution in its place.").format(clause=clause)
    return tr("{clause}.").format(clause=clause)


def _stem_clause(analysis: Analysis, layer: LayerRecord) -> str:
    part, _, place = layer.id.partition(".")
    if part == "maxpool":
        return tr("A convolution in place of the max pool, as in ResNet-RS (Bello et al. 2021)")
    if place == "0":
        return tr("The first of three 3×3 convolutions in place of a 7×7 (He et al. 2019): turns the image's {before} "
                  "channels into {after} maps of edges and colors")  # fmt: skip
    if place == "3":
        return tr("The second of the stem's three 3×3 convolutions, from {before} to {after} channels")
    if place:
        return tr("The last of the stem's three 3×3 convolutions, from {before} to {after} channels")
    return tr("Turns the image's {before} channels into {after} maps of edges and colors")


def _block_clause(analysis: Analysis, layer: LayerRecord) -> str:
    spec, name = analysis.spec, layer.id.rsplit(".", 1)[-1]
    if spec.stage_kinds[(layer.stage or 1) - 1] == "bottleneck":
        return _bottleneck_clause(name, layer, spec.outputs[(layer.stage or 1) - 1])
    if name == "conv1":
        return tr("The block's first 3×3 convolution: {before} channels become {after}")
    if spec.attention != "none":
        return tr("The block's second 3×3 convolution: its output, normalized or not, is what the gate scales")
    if spec.shortcut == "none":
        return tr("The block's second 3×3 convolution; the network is plain, so nothing is added to its output")
    return tr("The block's second 3×3 convolution: its output, normalized or not, is what the block adds")


def _bottleneck_clause(name: str, layer: LayerRecord, main_width: int) -> str:
    before, after = layer.inputs[0][1], layer.output[1]
    if name == "conv2":
        return _middle_clause(layer, before, after, main_width)
    if before == after:
        return tr("The 1×1 convolution mixes {before} channels and keeps their number")
    if name == "conv1" and after < before:
        return tr("The 1×1 convolution reduces {before} channels to {after}, so that the 3×3 is cheap")
    if name == "conv1":
        return tr("The 1×1 convolution widens {before} channels to {after}")
    if after < before:
        return tr("The 1×1 convolution narrows {before} channels to the block's {after}")
    return tr("The 1×1 convolution expands {before} channels to {after}, the width of the main path")


def _middle_clause(layer: LayerRecord, before: int, after: int, main_width: int) -> str:
    grouped = layer.geometry is not None and layer.geometry.groups > 1
    if before != after:
        if grouped:
            return tr("The 3×3 convolution takes {before} channels to {after}, in groups of {groups}")
        return tr("The 3×3 convolution takes {before} channels to {after}")
    if after < main_width:
        return tr("The 3×3 convolution works in the reduced width ({after} instead of {width}): that is the bottleneck")
    if grouped:
        return tr("The 3×3 convolution works in {after} channels, in groups of {groups}")
    return tr("The 3×3 convolution works in {after} channels")


def _strides_behind(analysis: Analysis, layer: LayerRecord) -> bool:
    """Tell whether a pool behind this convolution's activation takes the place of its stride."""
    block, _, name = layer.id.rpartition(".")
    if f"{block}.aa" not in analysis.layer_by_id:
        return False
    middle = analysis.spec.stage_kinds[(layer.stage or 1) - 1] == "bottleneck" and analysis.spec.stride_in == "3x3"
    return name == ("conv2" if middle else "conv1")


def _projection(analysis: Analysis, layer: LayerRecord) -> str:
    spec, shape = analysis.spec, "×".join(str(size) for size in layer.output[1:])
    if spec.shortcut == "C" and layer.inputs[0] == layer.output:
        return tr("Shortcut C: a learned 1×1 projection on the shortcut although the shapes already agree.")
    text = tr("The projection gives the shortcut the block's output shape ({shape}), so that the two can be added.")
    if layer.geometry is not None and 1 < layer.geometry.stride <= layer.geometry.kernel:
        text = tr("The 3×3 projection gives the shortcut the block's output shape ({shape}); unlike a 1×1 with the "
                  "same stride it reads every pixel.")  # fmt: skip
    return text.format(shape=shape)


def _gate(layer: LayerRecord) -> str:
    before, after = layer.inputs[0][1], layer.output[1]
    if layer.variant == "channels":
        text = tr("Efficient channel attention (Wang et al. 2020): one filter of {n} weights slides over the means, so "
                  "that each channel reads its neighbors.")  # fmt: skip
        return text.format(n=layer.params)
    if layer.id.endswith(".fc1"):
        text = tr("Squeeze and excitation (Hu et al. 2018): the means of {before} channels go through {after} numbers, "
                  "so that the gate stays cheap.")  # fmt: skip
    else:
        text = tr("From {before} numbers to one for each of the {after} channels: its weight in this image.")
    return text.format(before=before, after=after)
