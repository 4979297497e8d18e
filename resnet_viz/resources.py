"""Finds the files under `resources/`, in a checkout and in an installed wheel."""

from pathlib import Path


def resource_folder() -> Path:
    """The folder with themes, styles and translations: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "_resources"
    return inside if inside.is_dir() else package.parent / "resources"
