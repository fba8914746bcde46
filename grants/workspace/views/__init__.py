"""Pages of the workspace, and the top bar of every page."""
