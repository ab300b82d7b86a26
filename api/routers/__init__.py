"""The routes, one subject a file. A router opens the transaction; services never do."""
