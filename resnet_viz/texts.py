"""Translation of the texts of the window and the command line with gettext.

The catalog is that of the environment's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG) under
`resources/translations`; without one, texts stay English. It is loaded on import, because the presets' descriptions are
translated then.
"""

import gettext
import re

from resnet_viz.resources import resource_folder

_catalog = gettext.translation("resnet_viz", resource_folder() / "translations", fallback=True)

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that a terminal obeys (C0, C1), that reorder a line (bidi controls) or end it, and lone surrogates."""


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


def visible(text: str, keep: str = "") -> str:
    """Return the text with every character that a terminal would obey, or that reorders it, as an escape: `\\u001b`.

    Characters in `keep` stay. The escapes are those of JSON, so that JSON with them means the same.
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else f"\\u{ord(found[0]):04x}", text)
