# The same program by its other name.
source (status dirname)/luma-agents-cli.fish
