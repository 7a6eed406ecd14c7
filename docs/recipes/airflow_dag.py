"""Run a batch as four shards, then join their reports.

A retry continues the shard: `batch` can be run again after any exit code without paying twice. A
new run of the DAG submits all rows again, because the name of the run contains its id. Airflow
takes `{{…}}` for its own: put texts with `{{column}}` between `{% raw %}` and `{% endraw %}`.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

FOLDER = "{{ dag_run.conf.get('folder', '/srv/shots') }}"
SHARDS = 4

with DAG("shots", schedule=None, catchup=False) as dag:
    shards = [
        BashOperator(
            task_id=f"shard_{shard}",
            bash_command=(
                f"luma-agents-cli generations batch shots.csv --shard {shard}/{SHARDS}"
                f" --run 'shots {{{{ run_id }}}}' -d 'out/{{{{ run_id }}}}/{shard}' --timeout 1h"
            ),
            cwd=FOLDER,
            append_env=True,
            retries=3,
            retry_delay=timedelta(minutes=1),
        )
        for shard in range(1, SHARDS + 1)
    ]
    report = BashOperator(
        task_id="report",
        bash_command=(
            "luma-agents-cli generations batch --merge 'out/{{ run_id }}'/*/manifest.jsonl"
            " --report 'out/{{ run_id }}/report.csv'"
        ),
        cwd=FOLDER,
        append_env=True,
        trigger_rule="all_done",
    )
    shards >> report
