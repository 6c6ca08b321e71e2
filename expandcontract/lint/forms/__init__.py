"""What statements say, as typed values; each form stands beside the function that reads it."""
