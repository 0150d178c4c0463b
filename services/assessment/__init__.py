"""The year's assessment: 自评, 互评, 复评, results, objections, exits (S45–S48)."""
