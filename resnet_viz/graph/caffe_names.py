"""The names that the authors' Caffe models give the same layers: `res2a_branch2a`, `bn2a_branch1`, …"""

from string import ascii_lowercase

_STEM = {"conv1": "conv1", "bn1": "bn_conv1", "relu": "conv1_relu", "maxpool": "pool1"}
_BRANCHES = "abc"


def caffe_name(layer_id: str, convs_per_block: int) -> str | None:
    """The Caffe name of a layer of a post-activation network; None where those models have no such layer.

    Blocks are lettered a, b, c, … z, aa, ab, … ; stage 1 is `res2`, as the paper's conv2_x.
    """
    if not layer_id.startswith("layer"):
        return _STEM.get(layer_id) or {"avgpool": "pool5", "fc": "fc1000"}.get(layer_id)
    stage, block, *rest = layer_id.removeprefix("layer").split(".")
    place = f"{int(stage) + 1}{block_letters(int(block))}"
    return _in_block(place, rest, convs_per_block)


def block_letters(index: int) -> str:
    """a for 0, b for 1, … z, then aa, ab, … as a spreadsheet letters its columns."""
    before, last = divmod(index, len(ascii_lowercase))
    return (block_letters(before - 1) if before else "") + ascii_lowercase[last]


def _in_block(place: str, rest: list[str], convs: int) -> str:
    name = rest[0]
    if name == "downsample":
        return f"{'bn' if rest[1:] == ['1'] else 'res'}{place}_branch1"
    if name == "add" or (name.startswith("relu") and int(name[-1]) == convs):
        return f"res{place}_relu" if name != "add" else f"res{place}"
    branch = f"{place}_branch2{_BRANCHES[int(name[-1]) - 1]}"
    if name.startswith("bn"):
        return f"bn{branch}"
    return f"res{branch}_relu" if name.startswith("relu") else f"res{branch}"
