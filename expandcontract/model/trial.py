"""What is tried on a server before a change starts, and rolled back."""

from dataclasses import dataclass

SECONDS = 20
"""How long a question that reads every row may take; a plan is not to wait for the whole night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Statements that have to work, or a question whose rows are objections.

    `prepare` makes what later trials work on: it is kept for them, and nothing is said of it.
    Anything else is undone at once.
    """

    text: str  #: what is refused where it fails: `the index i on "email_new"`
    sql: str
    is_preparation: bool = False
    is_question: bool = False  #: each row that it returns is one text, and one too many
    reads_every_row: bool = False  #: a question that is given up in time, which is no objection
    cure: str = ""  #: what can be done about it
