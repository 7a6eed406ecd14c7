#!/bin/sh
#SBATCH --job-name=shots
#SBATCH --array=1-4
#SBATCH --time=01:00:00
#SBATCH --signal=B:TERM@60
# Run each shard of a batch as a task of a Slurm job array. If a task runs out of time, submit the
# script again: it continues what is left. After the last task:
#   luma-agents-cli generations batch --merge out/*/manifest.jsonl --report report.csv
set -eu
# Each task has its own history: SQLite does not work on every shared file system.
export LUMA_STATE_DIR="$PWD/state/$SLURM_ARRAY_TASK_ID"
exec luma-agents-cli generations batch shots.csv -d "out/$SLURM_ARRAY_TASK_ID" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
