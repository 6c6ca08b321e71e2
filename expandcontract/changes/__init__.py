"""One file is one kind of change: a frozen dataclass and its plan. Pure."""
