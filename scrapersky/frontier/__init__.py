"""Where a worker gets its domains from."""
