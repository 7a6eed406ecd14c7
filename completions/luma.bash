# The same program by its other name.
. "${BASH_SOURCE[0]%/*}/luma-agents-cli.bash"
