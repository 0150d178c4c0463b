"""Specification of `services/honours`."""
