"""What the law asks before somebody serves: insurance, a guardian's word, an agreement (条例 §14, §17)."""
