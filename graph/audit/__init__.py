"""The audit: who did what, when and for which purpose, in chains of hashes under signed heads."""
