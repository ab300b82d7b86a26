"""The states of jobs, targets and domains, and which may follow which.

docs/jobs.md tells the same to people; a test keeps the two together.
"""

from enum import StrEnum


class JobState(StrEnum):
    """What is going on with a job."""

    PENDING = "pending"
    """Its targets are still being read in."""
    QUEUED = "queued"
    """It waits for a worker on a node: for the first, or after it lost one."""
    RUNNING = "running"
    """A worker took it up. Whether one is alive now, the heartbeats in `job_workers` tell."""
    PAUSED = "paused"
    """Stopped by a person or a limit, with targets left: `-a job=ID` goes on."""
    COMPLETED = "completed"
    """Every target ended well."""
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    """Every target ended, and some of them in an error of their own."""
    FAILED = "failed"
    """The crawl itself broke, with targets left: `-a job=ID` goes on."""
    CANCELLED = "cancelled"
    """Given up; its targets will not be crawled by this job."""


JOB_TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.PENDING: frozenset(
        {JobState.QUEUED, JobState.RUNNING, JobState.FAILED, JobState.CANCELLED}
    ),
    JobState.QUEUED: frozenset(
        {
            JobState.RUNNING,
            JobState.PAUSED,
            JobState.COMPLETED,
            JobState.COMPLETED_WITH_ERRORS,
            JobState.FAILED,
            JobState.CANCELLED,
        }
    ),
    JobState.RUNNING: frozenset(
        {
            JobState.QUEUED,
            JobState.PAUSED,
            JobState.COMPLETED,
            JobState.COMPLETED_WITH_ERRORS,
            JobState.FAILED,
            JobState.CANCELLED,
        }
    ),
    JobState.PAUSED: frozenset({JobState.QUEUED, JobState.RUNNING, JobState.CANCELLED}),
    JobState.FAILED: frozenset({JobState.QUEUED, JobState.RUNNING, JobState.CANCELLED}),
    JobState.COMPLETED: frozenset(),
    JobState.COMPLETED_WITH_ERRORS: frozenset(),
    JobState.CANCELLED: frozenset(),
}


class WorkerState(StrEnum):
    """What is going on with a worker."""

    STARTING = "starting"
    """A node was asked for it, and it has not said a word yet."""
    RUNNING = "running"
    ENDED = "ended"
    """Its `reason` says how."""


class TargetState(StrEnum):
    """What became of one domain of a job."""

    PENDING = "pending"
    """Not ended. With `retry_at`: an attempt failed for the moment, and a later pass is due."""
    COMPLETED = "completed"
    ERROR = "error"
    CANCELLED = "cancelled"
    """Its job was given up before it."""


TARGET_TRANSITIONS: dict[TargetState, frozenset[TargetState]] = {
    TargetState.PENDING: frozenset(
        {TargetState.COMPLETED, TargetState.ERROR, TargetState.CANCELLED}
    ),
    TargetState.COMPLETED: frozenset(),
    TargetState.ERROR: frozenset(),
    TargetState.CANCELLED: frozenset(),
}


class FrontierKind(StrEnum):
    """Where a worker gets its domains from."""

    DATABASE = "database"
    """From the job's rows: it has the job for itself."""
    REDIS = "redis"
    """Shared with any number of others."""


class DomainStatus(StrEnum):
    """What the latest ended crawl of a domain came to."""

    PENDING = "pending"
    """Never crawled, or queued again."""
    PROCESSING = "processing"
    """Claimed by a crawl that was started without a list."""
    COMPLETED = "completed"
    ERROR = "error"


class CurationStatus(StrEnum):
    """What a person decided about a row."""

    NEW = "New"
    SELECTED = "Selected"
    MAYBE = "Maybe"
    NOT_A_FIT = "Not a Fit"
    ARCHIVED = "Archived"
    COMPLETED = "Completed"


class AnalysisStatus(StrEnum):
    """How far looking for a selected domain's sitemaps is."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUBMITTED = "submitted"
    """What was found stands in `sitemap_files`, and waits to be scanned."""
    FAILED = "failed"


class ScanStatus(StrEnum):
    """How far looking into the sitemaps of a domain is."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class ImportStatus(StrEnum):
    """How far importing the pages of a selected sitemap is."""

    QUEUED = "Queued"
    PROCESSING = "Processing"
    COMPLETE = "Complete"
    ERROR = "Error"


class Service(StrEnum):
    """What is done again and again with what waits for it."""

    HOMEPAGE = "homepage"
    """Crawls the homepages of pending domains."""
    SITEMAP_SUBMISSION = "sitemap-submission"
    """Finds the sitemaps of selected domains."""
    SITEMAP_SCAN = "sitemap-scan"
    """Looks into the sitemaps that were found."""
    SITEMAP_IMPORT = "sitemap-import"
    """Imports the pages of selected sitemaps."""


class Stage(StrEnum):
    """A part of what the sitemap spider does."""

    SUBMISSION = "submission"
    """Finds the sitemaps, and reads none that somebody names."""
    SCAN = "scan"
    """Reads the known sitemaps, and none of their pages."""
    IMPORT = "import"
    """Reads the pages of the sitemaps whose import is `Processing`."""


class Workflow(StrEnum):
    """What the database may call for."""

    WF4 = "wf4"
    WF5 = "wf5"
    WF6 = "wf6"


class Overlap(StrEnum):
    """What a schedule does when the job of its last firing has not ended."""

    SKIP = "skip"
    QUEUE = "queue"
    """The firing waits until that job has ended."""
    ALLOW = "allow"


class CatchUp(StrEnum):
    """What becomes of firings that fell due while no API ran."""

    NONE = "none"
    ONE = "one"
    """The latest stands for all."""
    ALL = "all"


class FiringState(StrEnum):
    """What became of a firing."""

    QUEUED = "queued"
    """It waits for the job of an earlier one."""
    FIRED = "fired"
    """It made a job, whose state is the outcome."""
    SKIPPED = "skipped"
    """By the overlap or catch-up rule, or nothing was there to do: its reason says which."""
    FAILED = "failed"
    """No job could be made."""


class ContactKind(StrEnum):
    """What a contact is."""

    EMAIL = "email"
    PHONE = "phone"
    SOCIAL = "social"


class FoundVia(StrEnum):
    """How a sitemap was found."""

    ROBOTS = "robots"
    """A line `Sitemap:` of robots.txt."""
    HOMEPAGE = "homepage"
    """A link in the homepage's HTML."""
    GUESS = "guess"
    """One of the usual names."""
    INDEX = "index"
    """A sitemap index lists it."""
    SUBMITTED = "submitted"
    """A person gave its address."""


class FileOutcome(StrEnum):
    """What happened to a sitemap in a crawl."""

    LISTED = "listed"
    """An index names it. What is in it comes later."""
    BEGUN = "begun"
    """It has changed, or is new, and is being read."""
    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    """It could not be had."""
