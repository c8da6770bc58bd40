"""The pages of the intake desk."""
