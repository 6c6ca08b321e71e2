"""A plan as SQL text that can be run any number of times; pure: values in, text out."""
