"""Specification of `services/access`."""
