"""The one entry: no command opens the window, a command prints, `engine` answers requests."""

import io
import os
import sys
from collections.abc import Sequence

from resnet_viz.errors import UserError
from resnet_viz.export.figure_request import Figure
from resnet_viz.storage.specs import find_spec
from resnet_viz.texts import tr

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
DONE, MENDABLE, INTERRUPTED = 0, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run with these arguments, or the process's own, and give the exit status."""
    try:
        status = _dispatch(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()  # here, where a reader that has gone away can still be met
    except UserError as error:
        return _complain(str(error))
    except ModuleNotFoundError as error:
        return _complain(_missing_package(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return DONE
    except OSError as error:
        if error.filename is not None:
            raise
        _forget_output()
        return _complain(tr("The output cannot be written: {reason}.").format(reason=error.strerror))
    return status


def _dispatch(arguments: list[str]) -> int:
    if arguments == ["engine"]:
        from resnet_viz.engine.server import serve  # torch, for the engine alone

        return serve()
    _replace_what_the_terminal_lacks()
    if _asks_for_the_window(arguments):
        return _open_window(*arguments)
    from resnet_viz.cli import main as cli  # the window need not wait for it

    return cli.run(arguments, _draw)


def _draw(figure: Figure) -> float:
    from resnet_viz.gui.figure import draw_without_window  # Qt, for figures alone

    return draw_without_window(figure)


def _asks_for_the_window(arguments: list[str]) -> bool:
    """Nothing, or a network alone: a name with digits or a path, while the commands are plain words."""
    return not arguments or (len(arguments) == 1 and not arguments[0].startswith("-") and not arguments[0].isalpha())


def _open_window(arch: str | None = None) -> int:
    if arch is not None:
        find_spec(arch)  # a wrong name is said here, before a window stands open
    if sys.platform == "linux" and not any(os.environ.get(name) for name in DISPLAYS):
        raise UserError(
            tr("There is no display to open a window on; the commands show, profile and the others need none.")
        )
    try:
        from resnet_viz.gui.app import run  # Qt, for the window alone
    except ModuleNotFoundError:
        raise
    except ImportError as error:  # Qt is there, a library of the system is not
        sentence = tr("The window cannot open: {reason}; install that library, or use the commands, which need no Qt.")
        raise UserError(sentence.format(reason=error)) from error
    return run(arch)


def _missing_package(error: ModuleNotFoundError) -> str:
    package = (error.name or "").partition(".")[0]
    if package in ("", "resnet_viz"):
        raise error
    return tr("This needs the package {name}, which is missing: install it with  pip install {name}").format(
        name=package
    )


def _complain(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return MENDABLE


def _replace_what_the_terminal_lacks() -> None:
    """A terminal without `×` shows a `?`, and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _forget_output() -> None:
    """Keep Python from flushing into the closed pipe once more when it leaves."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
