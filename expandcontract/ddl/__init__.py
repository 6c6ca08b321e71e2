"""Every SQL form that we emit: one function, one form, which returns a Statement. Pure."""
