"""What tests stand on: servers, databases, broken networks."""
