"""The vocabulary: frozen values and enums, nothing that connects, waits or prints."""
