"""Numbers as a reader wants them: thousands separated, units always there."""

from collections.abc import Sequence
from math import ceil, floor


def milliseconds(time_us: float | None) -> str:
    """`0.061 ms`, `120.5 ms`: four digits, three of them behind the point below 10 ms; a dash for what is unknown."""
    if time_us is None:
        return UNKNOWN
    time = time_us / 1000
    digits = 3 if abs(time) < 10 else 2 if abs(time) < 100 else 1
    return f"{time:,.{digits}f} ms".replace("-", "−")


def aligned_milliseconds(time_us: float | None) -> str:
    """`0.061 ms`, `120.500 ms`: always three digits behind the point, so that a column of them can be compared."""
    return UNKNOWN if time_us is None else f"{time_us / 1000:,.3f} ms"


def aligned_range(low_us: float, high_us: float) -> str:
    """`0.061–0.064`: two times in milliseconds, to stand behind one."""
    return f"{low_us / 1000:,.3f}–{high_us / 1000:,.3f}"


def giga(number: float | None) -> str:
    """`121.4`, in billions; a dash for what is unknown."""
    return UNKNOWN if number is None else f"{number / 1e9:,.1f}"


def gigabytes(count: int | None) -> str:
    """`85.9 GB`, as makers of memory count; a dash for what is unknown."""
    return UNKNOWN if count is None else f"{giga(count)} GB"


def rate(number: float | None, unit: str) -> str:
    """`121 GFLOP/s`; a dash for what is unknown."""
    if number is None:
        return UNKNOWN
    text = short(round(number), 3)
    return f"{text}{unit}" if text[-1:].isalpha() else f"{text} {unit}"


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def decades(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """The powers of ten between two exponents, with their names: 0.1, 1, 10, 100, 10³."""
    found = []
    for power in range(ceil(low), floor(high) + 1):
        name = f"{10.0**power:g}" if -3 <= power <= 2 else "10" + str(power).translate(RAISED)
        found.append((float(power), name))
    return tuple(found)


_STEPS = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
UNKNOWN = "—"


def exact(number: int | None) -> str:
    """`25,557,032`; a dash for what is not known."""
    return UNKNOWN if number is None else f"{number:,}"


def short(number: int | None, digits: int = 4) -> str:
    """`25.56 M`, with that many significant digits; whole below 10,000 and a dash for what is not known."""
    if number is None:
        return UNKNOWN
    if abs(number) < 10_000:
        return f"{number:,}"
    for index, (size, letter) in enumerate(_STEPS):
        if abs(number) >= size:
            text = _significant(number / size, digits)
            carried = index > 0 and float(text.replace(",", "")) >= 1000  # 999,999 reads "1.000 M"
            return f"{_significant(1.0, digits)} {_STEPS[index - 1][1]}" if carried else f"{text} {letter}"
    return f"{number:,}"


def byte_size(count: int | None, *, digits: int = 1, largest: str = _BYTE_UNITS[-1]) -> str:
    """`97.5 MiB`, with that many digits behind the point; a dash for what is not known."""
    if count is None:
        return UNKNOWN
    size = float(count)
    for unit in _BYTE_UNITS:
        if round(size, digits) < 1024 or unit == largest:
            return f"{int(size):,} {unit}" if unit == "B" else f"{size:,.{digits}f} {unit}"
        size /= 1024
    return UNKNOWN


def mebibytes(count: int, digits: int = 1) -> str:
    """`1,024.0 MiB`: in one unit whatever the size, where several are compared."""
    return f"{count / 2**20:,.{digits}f} MiB"


def shape(sizes: Sequence[int]) -> str:
    """`1×256×14×14`."""
    return "×".join(str(size) for size in sizes)


def shape_of_one(sizes: Sequence[int]) -> str:
    """The shape for one image, the batch left out: `256×14×14`."""
    return shape(sizes[1:])


def share(part: int, whole: int) -> float:
    """The part of the whole, 0 to 1; 0 where the whole is nothing."""
    return part / whole if whole else 0.0


def percent(fraction: float) -> str:
    """`2.8 %`."""
    return f"{100 * fraction:.1f} %"


def duration(seconds: float) -> str:
    """`41 ms` below a second, `1.2 s` from there on."""
    return f"{max(1, round(seconds * 1000))} ms" if seconds < 0.9995 else f"{seconds:.1f} s"


def pixels(count: int) -> str:
    """`483 px`."""
    return f"{count:,} px"


def _significant(value: float, digits: int) -> str:
    whole = len(str(int(abs(value))))
    return f"{value:,.{max(0, digits - whole)}f}"
