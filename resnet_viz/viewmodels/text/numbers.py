"""Numbers as texts, with separated thousands and with their units."""

from collections.abc import Sequence
from math import ceil, floor


def milliseconds(time_us: float | None) -> str:
    """Format a time with four digits, `0.061 ms` or `120.5 ms`, and at most three decimals; a dash for None."""
    if time_us is None:
        return UNKNOWN
    time = time_us / 1000
    digits = 3 if abs(time) < 10 else 2 if abs(time) < 100 else 1
    return f"{time:,.{digits}f} ms".replace("-", "−")


def precise_milliseconds(time_us: float | None) -> str:
    """Format a time as `milliseconds` does, but one below 1 ms with four decimals, to tell it from a close one."""
    short = time_us is not None and abs(time_us) < 1000
    return f"{(time_us or 0.0) / 1000:.4f} ms".replace("-", "−") if short else milliseconds(time_us)


def aligned_milliseconds(time_us: float | None) -> str:
    """Format a time with three decimals whatever its size, `0.061 ms` or `120.500 ms`, for a column of times."""
    return UNKNOWN if time_us is None else f"{time_us / 1000:,.3f} ms"


def aligned_range(low_us: float, high_us: float) -> str:
    """Format a range of times in milliseconds, `0.061–0.064`, to follow a time with its unit."""
    return f"{low_us / 1000:,.3f}–{high_us / 1000:,.3f}"


def giga(number: float | None) -> str:
    """Format a number in billions, `121.4`; a dash for None."""
    return UNKNOWN if number is None else f"{number / 1e9:,.1f}"


def gigabytes(count: int | None) -> str:
    """Write bytes in decimal gigabytes, `85.9 GB`; a dash for None."""
    return UNKNOWN if count is None else f"{giga(count)} GB"


def rate(number: float | None, unit: str) -> str:
    """Format a rate with three digits, `121 GFLOP/s`; a dash for None."""
    if number is None:
        return UNKNOWN
    text = short(round(number), 3)
    return f"{text}{unit}" if text[-1:].isalpha() else f"{text} {unit}"


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def decades(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Return the whole exponents between two, each with the name of its power of ten: 0.1, 1, 10, 100, 10³."""
    powers = []
    for power in range(ceil(low), floor(high) + 1):
        name = f"{10.0**power:g}" if -3 <= power <= 2 else "10" + str(power).translate(SUPERSCRIPTS)
        powers.append((float(power), name))
    return tuple(powers)


_STEPS = ((1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
UNKNOWN = "—"


def exact(number: int | None) -> str:
    """Write all digits, `25,557,032`; a dash for None."""
    return UNKNOWN if number is None else f"{number:,}"


def short(number: int | None, digits: int = 4) -> str:
    """Format a number with `digits` significant digits, `25.56 M`, and in full below 10,000; a dash for None."""
    if number is None:
        return UNKNOWN
    if abs(number) < 10_000:
        return f"{number:,}"
    for index, (size, letter) in enumerate(_STEPS):
        if abs(number) >= size:
            text = _significant(number / size, digits)
            carried = index > 0 and float(text.replace(",", "")) >= 1000  # 999,999 is written "1.000 M"
            return f"{_significant(1.0, digits)} {_STEPS[index - 1][1]}" if carried else f"{text} {letter}"
    return f"{number:,}"


def byte_size(count: int | None, *, digits: int = 1, largest: str = _BYTE_UNITS[-1]) -> str:
    """Format a size with `digits` decimals, `97.5 MiB`, in no unit above `largest`; a dash for None."""
    if count is None:
        return UNKNOWN
    size = float(count)
    for unit in _BYTE_UNITS:
        if round(size, digits) < 1024 or unit == largest:
            return f"{int(size):,} {unit}" if unit == "B" else f"{size:,.{digits}f} {unit}"
        size /= 1024
    return UNKNOWN


def mebibytes(count: int, digits: int = 1) -> str:
    """Format a size in MiB whatever it is, `1,024.0 MiB`, where several are compared."""
    return f"{count / 2**20:,.{digits}f} MiB"


def shape(sizes: Sequence[int]) -> str:
    """Format a shape, `1×256×14×14`."""
    return "×".join(str(size) for size in sizes)


def shape_of_one(sizes: Sequence[int]) -> str:
    """Format the shape for one image, the batch left out: `256×14×14`."""
    return shape(sizes[1:])


def share(part: int, total: int) -> float:
    """Return the part's share of the total, 0 to 1; 0 where the total is 0."""
    return part / total if total else 0.0


def percent(fraction: float) -> str:
    """Format a fraction of 1 as a percentage, `2.8 %`."""
    return f"{100 * fraction:.1f} %"


def duration(seconds: float) -> str:
    """Format a duration in ms below a second, `41 ms`, and in s from there on, `1.2 s`."""
    return f"{max(1, round(seconds * 1000))} ms" if seconds < 0.9995 else f"{seconds:.1f} s"


def pixels(count: int) -> str:
    """Format a number of pixels, `483 px`."""
    return f"{count:,} px"


def _significant(value: float, digits: int) -> str:
    rounded = float(f"{value:.{digits - 1}e}")  # 99.995 has three digits before the point once it is rounded
    before_point = len(str(int(abs(rounded))))
    return f"{value:,.{max(0, digits - before_point)}f}"
