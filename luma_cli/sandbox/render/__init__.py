"""The outputs of jobs: pictures, films, layers."""
