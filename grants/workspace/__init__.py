"""Pages that cross packages: homes, the desk, case pages, search. Changes nothing of other packages itself."""
