"""One file, one output format: `render(report)` gives the text to print."""
