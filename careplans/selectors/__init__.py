"""What the screens of care plans, packets and options show. `desk` has the rows of other people's home pages."""
