"""Who signs in, as whom, and with what rights."""
