"""The plugin greeter-python."""
