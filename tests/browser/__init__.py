"""The whole house in a real browser: application, worker and sandbox as processes."""
