"""Tests of the house itself: what its files may do, read from their syntax trees."""
