"""Greenshoots (青苗): a foundation funds volunteer groups and answers for the money.

Empty of imports on purpose: `python3 -m grants` must run before anything is installed.
"""

__version__ = "0.1.0"
