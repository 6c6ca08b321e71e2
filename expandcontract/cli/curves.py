"""Curves as SVG text: nothing to load, nothing to run."""

from collections.abc import Mapping, Sequence
from html import escape

from expandcontract.pacing.curve import Point

WIDTH, HEIGHT = 900, 200
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 26
COLOURS = ("#2563eb", "#d97706", "#059669", "#7c3aed", "#dc2626", "#0891b2")
TICKS = 4


def chart(
    series: Mapping[str, Sequence[Point]],
    *,
    unit: str,
    shaded: Sequence[tuple[float, float]] = (),
) -> str:
    """Curves over one time axis; `shaded` are stretches in which nothing was done."""
    points = [point for one in series.values() for point in one]
    end = max((point.at for point in points), default=0.0) or 1.0
    highest = _round_up(max((point.value or 0.0 for point in points), default=0.0))
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(unit)} over time">'
    ]
    parts += [
        f'<rect class="held" x="{_x(begun, end):.1f}" y="{TOP}"'
        f' width="{max(1.0, _x(over, end) - _x(begun, end)):.1f}"'
        f' height="{HEIGHT - TOP - BOTTOM}"/>'
        for begun, over in shaded
    ]
    for tick in range(TICKS + 1):
        value = highest * tick / TICKS
        y = _y(value, highest)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{_short(value)}</text>')
        at = end * tick / TICKS
        x = _x(at, end)
        anchor = "end" if tick == TICKS else "middle"
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{_moment(at)}</text>'
        )
    for number, (name, one) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        parts += [
            f'<polyline points="{line}" stroke="{colour}"><title>{escape(name)}</title></polyline>'
            for line in _lines(one, end, highest)
        ]
    legend = "".join(
        f'<span><i style="background:{COLOURS[number % len(COLOURS)]}"></i>{escape(name)}</span>'
        for number, name in enumerate(series)
    )
    return f'{"".join(parts)}</svg><p class="legend">{legend} <span>{escape(unit)}</span></p>'


def _lines(points: Sequence[Point], end: float, highest: float) -> list[str]:
    """One line for each stretch without a gap; a lone point is a short line."""
    found: list[list[str]] = [[]]
    for point in points:
        if point.value is None:
            found.append([])
        else:
            found[-1].append(f"{_x(point.at, end):.1f},{_y(point.value, highest):.1f}")
    return [" ".join(line if len(line) > 1 else line * 2) for line in found if line]


def _x(at: float, end: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * max(0.0, at) / end


def _y(value: float, highest: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / highest, 1)


def _round_up(value: float) -> float:
    """The next figure that reads well: 1, 2 or 5 and zeros."""
    if value <= 0:
        return 1.0
    scale = 1.0
    while scale * 10 <= value:
        scale *= 10
    while scale > value:
        scale /= 10
    return next((step * scale for step in (1, 2, 5, 10) if step * scale >= value), 10 * scale)


def _short(value: float) -> str:
    """A figure for an axis.

    >>> [_short(v) for v in (0.0, 0.25, 20.0, 1500.0, 2_000_000.0)]
    ['0', '0.25', '20', '1.5k', '2M']
    """
    for scale, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:g}{name}"
    return f"{value:.3g}"


def _moment(seconds: float) -> str:
    """A moment for an axis.

    >>> [_moment(s) for s in (0.0, 2.5, 90.0, 7200.0)]
    ['0 s', '2.5 s', '1.5 min', '2 h']
    """
    for length, name in ((3600.0, "h"), (60.0, "min")):
        if seconds >= length:
            return f"{seconds / length:.3g} {name}"
    return f"{seconds:.3g} s"
