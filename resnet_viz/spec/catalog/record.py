"""The records of the named networks: a network with its publication, and weights with their preprocessing."""

import msgspec

from resnet_viz.spec.network import ResNetSpec


class Paper(msgspec.Struct, frozen=True):
    """The source of a network: a reference, and the year in which the network was published, None if unknown."""

    reference: str
    year: int | None


class Pretrained(msgspec.Struct, frozen=True):
    """A set of weights that was published for a network, by its tag, with the preprocessing of its images.

    The sizes are those of a square image in pixels; the crops are the part of the resized image that is kept, for
    images of the size in training and in testing. `mean` and `std` are subtracted from, and divide, red, green and blue
    from 0 to 1. `classes` is 0 for weights without a classifier; without `has_weights` nothing was published but the
    preprocessing.
    """

    tag: str
    train_size: int = 224
    test_size: int = 224
    train_crop: float = 0.875
    test_crop: float = 0.875
    interpolation: str = "bicubic"
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    classes: int = 1000
    has_weights: bool = True


class Preset(msgspec.Struct, frozen=True):
    """A named network: its title, a description of one line, the publication, and the weights published for it.

    `year` is that of the publication, None if unknown, `family` the heading under which the network is listed.
    """

    name: str
    title: str
    description: str
    source: str
    spec: ResNetSpec
    family: str
    year: int | None
    pretrained: tuple[Pretrained, ...] = ()

    @property
    def search_text(self) -> str:
        """The texts in which a search looks, in lower case: name, title, family, description, publication, year."""
        texts = (self.name, self.title, self.family, self.description, self.source, str(self.year or ""))
        return "\n".join(texts).lower()
