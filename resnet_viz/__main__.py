"""The entry point: without a command it opens the window, a command prints, `engine` answers requests."""

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

from resnet_viz.errors import UserError
from resnet_viz.export.figure_request import Figure
from resnet_viz.storage.specs import find_spec
from resnet_viz.texts import tr, visible

DONE, USAGE_ERROR, INTERRUPTED = 0, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run with these arguments, by default the process's own, and return the exit status."""
    _open_closed_streams()
    status, sentence = _status(list(sys.argv[1:] if argv is None else argv))
    unread = _flush(sys.stdout)
    if unread is not None and not isinstance(unread, BrokenPipeError):
        status, sentence = USAGE_ERROR, _not_written(unread)
    if sentence:
        with suppress(OSError):
            sys.stderr.write(f"{visible(sentence)}\n")
    _flush(sys.stderr)
    return status


def _status(arguments: list[str]) -> tuple[int, str]:
    """Run with these arguments and return the exit status, with the sentence to print for it."""
    try:
        return _dispatch(arguments), ""
    except UserError as error:
        return USAGE_ERROR, str(error)
    except ModuleNotFoundError as error:
        return USAGE_ERROR, _missing_package(error)
    except ImportError as error:
        return USAGE_ERROR, _missing_library(error)
    except KeyboardInterrupt:
        return INTERRUPTED, ""
    except BrokenPipeError:
        return DONE, ""
    except OSError as error:
        if error.filename is not None:
            raise
        return USAGE_ERROR, _not_written(error)


def _dispatch(arguments: list[str]) -> int:
    if arguments == ["engine"]:
        from resnet_viz.engine.streams import take_streams  # not needed by commands

        requests, answers = take_streams()  # before torch, which may print while it loads
        from resnet_viz.engine.server import serve  # torch, for the engine only

        return serve(requests, answers)
    _replace_unencodable_characters()
    if _asks_for_the_window(arguments):
        return _open_window(*arguments)
    from resnet_viz.cli import main as cli  # not needed by the window

    return cli.run(arguments, _draw)


def _draw(figure: Figure) -> float:
    from resnet_viz.gui.figure import draw_without_window  # Qt, for figures only

    return draw_without_window(figure)


def _asks_for_the_window(arguments: list[str]) -> bool:
    """Return whether there is no command: commands are plain words, a network is a name with digits or a path."""
    return not arguments or (len(arguments) == 1 and not arguments[0].startswith("-") and not arguments[0].isalpha())


def _open_window(arch: str | None = None) -> int:
    if arch is not None:
        find_spec(arch)  # raises for a wrong name before a window opens
    from resnet_viz.gui.display import check_display  # Qt, for the window only

    check_display()
    from resnet_viz.gui.app import run  # Qt, for the window only

    return run(arch)


def _missing_package(error: ModuleNotFoundError) -> str:
    package = (error.name or "").partition(".")[0]
    if package in ("", "resnet_viz"):
        raise error
    return tr("This needs the package {name}, which is missing: install it with  pip install {name}").format(
        name=package
    )


def _missing_library(error: ImportError) -> str:
    from resnet_viz.gui.display import missing_library  # where one is missing

    sentence = missing_library(error)
    if sentence is None:
        raise error
    return sentence


def _not_written(error: OSError) -> str:
    return tr("The output cannot be written: {reason}.").format(reason=error.strerror)


def _replace_unencodable_characters() -> None:
    """Let a terminal whose encoding lacks a character such as `×` show a `?`, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _open_closed_streams() -> None:
    """Open the null device in place of standard streams that are closed: files would take their numbers."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _flush(stream: TextIO) -> OSError | None:
    """Flush a stream and return why that fails; Python then flushes into the null device at exit, not in vain again."""
    try:
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None


if __name__ == "__main__":
    sys.exit(main())
