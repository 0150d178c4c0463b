"""What breaks, against real processes; each test carries its case number of reliability.md §7."""
