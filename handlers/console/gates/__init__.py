"""What the law asks before somebody serves, as pages: insurance, a guardian's word."""
