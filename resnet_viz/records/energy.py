"""The energy that a device used under a steady load, as its own counter says."""

import msgspec


class Energy(msgspec.Struct, frozen=True):
    """The joules that `images` images took in so many seconds of passes, one queued behind the other."""

    joules: float
    seconds: float
    images: int

    @property
    def joules_per_image(self) -> float:
        """The energy of one image, that of an idle card included."""
        return self.joules / self.images

    @property
    def watts(self) -> float:
        """The mean power."""
        return self.joules / self.seconds
