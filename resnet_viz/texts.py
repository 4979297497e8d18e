"""The one door to translations: every text that a person reads in the window passes through `tr`."""

import gettext
import os

from resnet_viz.resources import resource_folder

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(language: str | None = None) -> None:
    """Take the catalogue of `language` (`zh_CN`), or of the environment's; English where there is none."""
    global _catalogue
    languages = [language] if language else None
    if languages is None and not any(os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")):
        return
    folder = resource_folder() / "translations"
    _catalogue = gettext.translation("resnet_viz", folder, languages, fallback=True)


def tr(text: str) -> str:
    """The text in the reader's language; `text` itself where it has no translation."""
    return _catalogue.gettext(text)


def trn(one: str, many: str, number: int) -> str:
    """The text for `number` things, in the reader's language."""
    return _catalogue.ngettext(one, many, number)
