"""SQL text in, findings out: pure, so that it needs neither a server nor a driver."""
