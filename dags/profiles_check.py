"""Says in Airflow's list of import errors what is wrong with a council's profile, naming file and field.

It builds no DAG. The other DAG files skip a council whose profile is wrong, so that the rest keep theirs; this file
fails to import instead, and the mistake is seen by whoever looks after Airflow.
"""

from __future__ import annotations

import os

from pmf.orchestration.councils import profile_problems
from pmf.register import RegisterError
from pmf.settings import read_settings

problems = profile_problems(read_settings(os.environ))
if problems:
    raise RegisterError(problems)
