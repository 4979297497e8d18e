"""Explains the purpose of a pool, which depends on where it stands and on how it takes a value from its window."""

from resnet_viz.records.analysis import Analysis, Geometry, LayerRecord
from resnet_viz.texts import tr


def pool_purpose(analysis: Analysis, layer: LayerRecord) -> str:
    """Return what a pool does where it stands."""
    if layer.geometry is None:
        return _of_whole_map(layer)
    if layer.role == "shortcut":
        return _on_shortcut(layer.geometry)
    if layer.role == "main":
        return _antialiasing(layer, layer.geometry)
    return _in_stem(analysis, layer, layer.geometry)


def _of_whole_map(layer: LayerRecord) -> str:
    if layer.role == "gate":
        text = tr("The gate reads the mean of each channel over the whole map: {n} numbers that stand for the image.")
        return text.format(n=layer.output[1])
    return tr("Averages each map to one number, so any image size ends in the same number of features.")


def _on_shortcut(window: Geometry) -> str:
    if window.stride == 1:
        return tr("Shortcut D where dilation keeps the resolution: the mean of each 2×2 square around every pixel.")
    if window.stride > window.kernel:
        return tr("Shortcut D lowers the resolution here, so that the projection behind it reads means of four pixels.")
    return tr("Shortcut D lowers the resolution here, so that every pixel has a part in the projection behind it, and "
              "not one of four (He et al. 2019).")  # fmt: skip


def _antialiasing(layer: LayerRecord, window: Geometry) -> str:
    if layer.variant == "blur":
        text = tr("Anti-aliasing: the map is blurred by the fixed filter 1, 2, 1 in both directions before one pixel "
                  "of {n} is kept, in place of a stride in the convolution (Zhang 2019).")  # fmt: skip
    else:
        text = tr("Anti-aliasing: the mean of {n} pixels takes the place of a stride in the convolution, which would "
                  "keep one of {n} (Zhang 2019).")  # fmt: skip
    return text.format(n=window.stride**2)


def _in_stem(analysis: Analysis, layer: LayerRecord, window: Geometry) -> str:
    if layer.variant == "average":
        return tr("Averages each 2×2 square and lowers the resolution once more.")
    if layer.variant == "blur":
        if window.stride == 1:
            return tr("Blurs the maxima by the fixed filter 1, 2, 1 in both directions; with stride 1 the resolution "
                      "stays.")  # fmt: skip
        return tr("Blurs the maxima by the fixed filter 1, 2, 1 in both directions, and lowers the resolution once "
                  "more (Zhang 2019).")  # fmt: skip
    if analysis.spec.stem_pool == "blur":
        return tr("Keeps the strongest response of each neighborhood at every pixel; the blur behind it may then lower "
                  "the resolution.")  # fmt: skip
    if window.stride == 1:
        return tr("Keeps the strongest response of each neighborhood; with stride 1 the resolution stays.")
    if layer.type == "ZeroPaddedMaxPool2d":
        return tr("Keeps the strongest response of each neighborhood and lowers the resolution once more; beyond its "
                  "edges the map counts as zeros (Kolesnikov et al. 2020).")  # fmt: skip
    if window.ceil:
        return tr("Keeps the strongest response of each neighborhood and lowers the resolution once more; it is padded "
                  "at the bottom and the right only.")  # fmt: skip
    return tr("Keeps the strongest response of each neighborhood and lowers the resolution once more.")
