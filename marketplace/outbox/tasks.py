"""The wake-up: what the job queue runs when an effect has been committed."""

from django_tasks import task

from marketplace.outbox import effects


@task()
def process_outbox() -> None:
    effects.process_due()
