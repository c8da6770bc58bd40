"""The pages of care plans, packets and options."""
