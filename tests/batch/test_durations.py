"""When a job of a batch is first asked about."""

from __future__ import annotations

from luma_cli.batch.durations import Durations


def test_a_new_job_is_first_asked_about_at_the_age_that_no_ended_job_has_ended_at() -> None:
    durations = Durations()
    for number, age in enumerate((38.0, 35.5, 39.0)):
        durations.running(str(number), "image", age - 5)
        durations.running(str(number), "image", age)
        durations.ended(str(number))

    assert durations.first_look("image") == 35.5
    assert durations.first_look("video") == 0.0


def test_too_few_jobs_and_those_never_seen_running_say_nothing() -> None:
    durations = Durations()
    for number in range(2):
        durations.running(str(number), "image", 30.0)
        durations.ended(str(number))
    durations.ended("seen only after its end")

    assert durations.first_look("image") == 0.0
