"""Reading awards: cycles and categories, nominees and their figures, results, the hall of honour."""
