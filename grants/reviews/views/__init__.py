"""The pages of judging: the reviewer's pile and bench, the officer's stages."""
