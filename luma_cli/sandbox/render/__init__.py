"""The outputs of jobs: images, videos, layers."""
