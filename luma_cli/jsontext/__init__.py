"""JSON as text: taken apart and laid out without changing how anything in it is spelled."""
