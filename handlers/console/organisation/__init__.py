"""Divisions, centres, teams, their names, founding and exceptions."""
