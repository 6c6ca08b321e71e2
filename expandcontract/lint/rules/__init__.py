"""One file, one rule: the docstring is its page, the examples in it are its test."""
