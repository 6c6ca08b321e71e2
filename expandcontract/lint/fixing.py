"""Applies fixes to a text."""

from collections.abc import Sequence

from expandcontract.lint.finding import Edit, Fix


def apply_fixes(text: str, fixes: Sequence[Fix]) -> str:
    """The text after every fix whose place no earlier one has taken.

    A fix is applied as a whole or not at all.
    """
    taken: list[Edit] = []
    for fix in fixes:
        if not any(_overlaps(edit, other) for edit in fix.edits for other in taken):
            taken.extend(fix.edits)
    for edit in sorted(taken, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _overlaps(one: Edit, other: Edit) -> bool:
    same = one.start == other.start
    return same or (one.start < other.end and other.start < one.end)
