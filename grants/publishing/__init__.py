"""What everyone may read: the front page, funded projects, and the same for programs."""
