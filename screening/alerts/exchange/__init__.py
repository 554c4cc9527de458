"""The package format: alerts that go from one agency to another (docs/exchange.md)."""
