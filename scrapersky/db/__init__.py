"""The tables, the server behind them, and the statements over them."""
