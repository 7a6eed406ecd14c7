#!/bin/sh
# Run a batch as four shards on this machine, for instance each with an API key of its own.
# The same command continues what is left, and the report has the rows of all shards.
set -u
parallel --jobs 4 luma-agents-cli generations batch shots.csv --shard '{}/4' -d 'out/{}' ::: 1 2 3 4
failed=$?
luma-agents-cli generations batch --merge out/*/manifest.jsonl --report report.csv
exit $failed
