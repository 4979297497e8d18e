"""Translation of the texts of the window and the command line with gettext.

The catalog is that of the environment's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG) under
`resources/translations`; without one, texts stay English. It is loaded on import, because the presets' descriptions are
translated then.
"""

import gettext

from resnet_viz.resources import resource_folder

_catalog = gettext.translation("resnet_viz", resource_folder() / "translations", fallback=True)


def tr(text: str) -> str:
    """Return the text in the user's language, or `text` itself if it has no translation."""
    return _catalog.gettext(text)


def trn(one: str, many: str, number: int) -> str:
    """Return `one` or `many` for a number of things, in the user's language."""
    return _catalog.ngettext(one, many, number)


def translatable(text: str) -> str:
    """Mark a text for the catalog and return it unchanged; `tr_later` translates it where it is shown."""
    return text


def tr_later(text: str) -> str:
    """Return a text that is marked as `translatable` elsewhere, in the user's language."""
    return _catalog.gettext(text)
