"""Specification of `services/activeness`."""
