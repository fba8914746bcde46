"""Every change to accounts, by what is changed."""
