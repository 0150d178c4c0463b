"""Tests of the demo: its world and the process that starts it."""
