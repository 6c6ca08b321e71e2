"""How fast, and where we stand: readings and durations in, decisions out. Pure."""
