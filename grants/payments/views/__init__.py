"""The payment desk, one tranche, and the accounts of payees."""
