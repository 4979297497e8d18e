"""The names of the layers in the authors' Caffe models: `res2a_branch2a`, `bn2a_branch1`, …"""

from string import ascii_lowercase

from resnet_viz.records.analysis import Kind

_OUTSIDE_BLOCKS = {
    "conv1": "conv1", "bn1": "bn_conv1", "relu": "conv1_relu", "maxpool": "pool1", "avgpool": "pool5", "fc": "fc1000",
}  # fmt: skip


def caffe_name(layer_id: str, kind: Kind, convs_per_block: int) -> str | None:
    """Return the Caffe name of a layer of a post-activation network; None if the Caffe models have no such layer.

    Blocks have the letters a, b, c, … z, aa, ab, … ; stage 1 is `res2`, like the paper's conv2_x.
    """
    if not layer_id.startswith("layer"):
        return _OUTSIDE_BLOCKS.get(layer_id)
    stage, block, *path = layer_id.removeprefix("layer").split(".")
    return _in_block(f"{int(stage) + 1}{block_letters(int(block))}", path, kind, convs_per_block)


def block_letters(index: int) -> str:
    """Return a for 0, b for 1, … z for 25, then aa, ab, … like the columns of a spreadsheet."""
    before, last = divmod(index, len(ascii_lowercase))
    return (block_letters(before - 1) if before else "") + ascii_lowercase[last]


def _in_block(block: str, path: list[str], kind: Kind, convs: int) -> str | None:
    name = path[0]
    if name in ("se", "aa"):
        return None
    if name == "downsample":
        prefix = {"conv": "res", "norm": "bn"}.get(kind)
        return prefix and f"{prefix}{block}_branch1"
    if name == "add" or (name.startswith("relu") and int(name[-1]) == convs):
        return f"res{block}_relu" if name != "add" else f"res{block}"
    branch = f"{block}_branch2{ascii_lowercase[int(name[-1]) - 1]}"
    if name.startswith("bn"):
        return f"bn{branch}"
    return f"res{branch}_relu" if name.startswith("relu") else f"res{branch}"
