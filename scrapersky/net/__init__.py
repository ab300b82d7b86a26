"""Names to addresses, and the connections that are made to them."""
