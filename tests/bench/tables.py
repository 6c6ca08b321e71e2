"""What a part of the bench found: a table for people, and which bars were missed."""

from collections.abc import Sequence
from dataclasses import dataclass

NOISE = 0.5
"""Of a bar for a speed; what is below is a failure however busy the machine is. Log, growth,
memory and a lag over its limit are not a matter of how busy it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A figure that is to be reached, or not to be exceeded."""

    figure: float
    least: float | None = None
    most: float | None = None
    is_speed: bool = False  #: depends on what else the machine does

    def __str__(self) -> str:
        if self.least is not None:
            return f"{self.figure:.2f} >= {self.least:g}"
        return f"{self.figure:.2f} <= {self.most:g}"

    @property
    def is_held(self) -> bool:
        """Whether the figure is where it is to be."""
        return self._holds(1.0)

    @property
    def is_far(self) -> bool:
        """Whether it is missed by more than a busy machine explains."""
        return not self._holds(NOISE if self.is_speed else 1.0)

    def _holds(self, share: float) -> bool:
        if self.least is not None:
            return self.figure >= self.least * share
        return self.most is None or self.figure <= self.most / share


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way, its figures, and the bars of them by name."""

    cells: tuple[str, ...]
    bars: tuple[tuple[str, Bar], ...] = ()

    def told(self) -> str:
        """The bars, each marked where it is missed."""
        return ", ".join(
            f"{name} {bar}" if bar.is_held else f"**{name} {bar} missed**"
            for name, bar in self.bars
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One part's findings."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[Row]

    def markdown(self) -> str:
        """Reads well in a terminal too."""
        lines = [(*self.headings, "limits"), *((*row.cells, row.told()) for row in self.rows)]
        widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
        texts = [
            "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
            for line in lines
        ]
        texts.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join([f"### {self.title}", "", *texts])

    def far(self) -> list[str]:
        """What is far from its bar."""
        return [
            f"{self.title}: {row.cells[0]}: {name} {bar}"
            for row in self.rows
            for name, bar in row.bars
            if bar.is_far
        ]
