"""Files that people bring: what they really are, what they say, and where they are kept. Imports no Django here."""
