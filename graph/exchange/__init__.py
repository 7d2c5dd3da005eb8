"""Files in and out: NDJSON and CSV, read and written row by row, never whole in memory."""
