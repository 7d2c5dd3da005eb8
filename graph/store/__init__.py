"""Reads, writes, changes and transactions: the only room that knows the driver."""
