"""The mall's office: rewards, the desk where they are handed over, redemptions, debts of points."""
