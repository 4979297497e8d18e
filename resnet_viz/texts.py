"""The one door to translations: every text that a person reads in the window passes through `tr`.

The catalogue is that of the environment's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG) under
`resources/translations`; English where there is none. It is found at import, because preset titles are made then.
"""

import gettext

from resnet_viz.resources import resource_folder

_catalogue = gettext.translation("resnet_viz", resource_folder() / "translations", fallback=True)


def tr(text: str) -> str:
    """The text in the reader's language; `text` itself where it has no translation."""
    return _catalogue.gettext(text)


def trn(one: str, many: str, number: int) -> str:
    """The text for `number` things, in the reader's language."""
    return _catalogue.ngettext(one, many, number)


def translatable(text: str) -> str:
    """The text as it is, for the catalogue to find; `tr_later` translates it where it is shown."""
    return text


def tr_later(text: str) -> str:
    """A text that stands elsewhere as translatable, in the reader's language."""
    return _catalogue.gettext(text)
