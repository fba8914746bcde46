"""Forms as data: one mechanism for what proposals, reviews, reports and nominations ask, and what was answered."""
