"""What people are told of a job in Redis."""

from frontier_stage import Stage

from scrapersky.frontier.status import forget, job_status


async def test_status_of_a_job(stage: Stage) -> None:
    job = await stage.job(*(f"d{number}.test" for number in range(9)))
    server = stage.server()
    assert await job_status(server, job) is None
    worker = stage.worker(job, lease_seconds=0.3, prefetch=2)
    leases = await worker.lease(2)
    await stage.until(lambda: stage.has_held_for(job, 0.1))
    status = await job_status(server, job)
    assert status is not None
    [said] = status.workers
    assert said.worker == worker._scripts.worker
    assert said.leased == status.leased == 9 - status.waiting
    assert said.silent_seconds is not None
    assert said.silent_seconds < 30
    await stage.end(job, *leases)
    for lease in leases:
        worker.ended(lease)
    await stage.until(lambda: stage.holds(job, 2))
    await forget(server, job)
    assert await job_status(server, job) is None
