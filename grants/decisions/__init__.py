"""Who is funded, with how much, and who said so: the officers propose, the board approves."""
