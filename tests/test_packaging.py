"""What is built and installed: the desktop entry, and the files that stand beside the code."""

import configparser
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]


def test_the_desktop_entry_starts_the_program_with_its_icon() -> None:
    (entry_file,) = ROOT.joinpath("resources/desktop").glob("*.desktop")
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(entry_file.read_text("utf8"))
    entry = parser["Desktop Entry"]
    assert entry["Exec"] in PROJECT["project"]["scripts"]
    assert entry["StartupWMClass"] == "resnet_viz"
    installed = WHEEL["shared-data"]
    icon = next(target for target in installed.values() if "/icons/" in target)
    assert Path(icon).stem == entry["Icon"]
    assert installed[f"resources/desktop/{entry_file.name}"] == f"share/applications/{entry_file.name}"


def test_what_is_installed_is_there() -> None:
    sources = [*WHEEL["shared-data"], *WHEEL["force-include"], *WHEEL["packages"]]
    assert [source for source in sources if not (ROOT / source).exists()] == []
