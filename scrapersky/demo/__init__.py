"""A web of invented companies on loopback, for the demo, the tests and the benchmarks."""
