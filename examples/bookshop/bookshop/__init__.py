"""A bookshop: what its migrations import."""
