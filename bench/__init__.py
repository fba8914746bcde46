"""Claims about speed, as ratios in one run. `make bench` writes what it saw to bench/results/."""
