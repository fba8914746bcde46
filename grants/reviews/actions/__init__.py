"""Every write of judging: entries are made, reviewers are asked, reviews are written."""
