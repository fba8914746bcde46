"""Pure rules of awards: dates and money of a cycle, conditions of a category, deeds, scores, names in public."""
