"""What the desks show. Each role's module makes the tiles of its home page."""
