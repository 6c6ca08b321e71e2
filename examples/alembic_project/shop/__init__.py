"""A shop that renames a column while it sells."""
