"""Everything people are told: notices, broadcasts, reminders, and the outbox that neither loses nor doubles."""
