#!/bin/sh
# Run each shard of a batch as a child of an AWS Batch array job, whose indexes start at 0. Give the
# job a shared folder (EFS) as its working directory: an attempt that is retried finds the history
# of the one before and continues it.
set -eu
shard=$((AWS_BATCH_JOB_ARRAY_INDEX + 1))
export LUMA_STATE_DIR="$PWD/state/$shard"
exec luma-agents-cli generations batch shots.csv -d "out/$shard" \
  --shard "$shard/$AWS_BATCH_JOB_ARRAY_SIZE"
