"""What jobs make: pictures, films, layers."""
