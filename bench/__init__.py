"""Figures beside their floors, from one interleaved run: `make bench`. See bench/README.md for the method."""
