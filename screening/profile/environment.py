"""Every environment variable that the product reads; what an agency decides stands in its profile.

A test compares this list with what the code reads, and the table in docs/operations.md with this list.
"""

VARIABLES = {
    "SCREENING_STORE": "root of the store",
    "SCREENING_LOCAL": "folder of this machine's disk for what cannot lie on object storage",
    "SCREENING_PROFILE": "the profile",
    "SCREENING_INBOX": "folder that carriers' files arrive in",
    "SCREENING_KEYS": "folder of keys, outside the store",
    "SCREENING_ACTOR": "who acts, where no `--as` says it",
    "SCREENING_WORKERS": "how many processes a large night may use",
    "SCREENING_TASK_RETRIES": "how often Airflow tries a task again after a fault of the store",
    "SCREENING_POOL": "Airflow's pool for all tasks",
    "SCREENING_DEBUG": "show whole tracebacks, which may quote a value",
    "AIRFLOW_HOME": "Airflow's own: its home",
    "AWS_ALLOW_HTTP": "also object storage without TLS",
    "ARROW_DEFAULT_MEMORY_POOL": "Arrow's own: its allocator",
    "PATH": "where Airflow finds its parts",
}
"""Name -> what it says."""
