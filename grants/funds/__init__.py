"""Funds by source, their yearly budgets, and the double-entry ledger of every yuan promised and paid."""
