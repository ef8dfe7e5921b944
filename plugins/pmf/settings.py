"""Settings: one frozen object, read from the environment in one function.

Everything an installation may choose is here; everything a council may choose is in its profile (``register``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

_CONNECTION = "PMF_CONNECTION_"
_FILE = "_FILE"
_PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where things are and how mail leaves. URLs, which may hold passwords, are not printed with it.

    ``home`` holds everything that is written; ``project_root`` everything that is read from the repository;
    ``overlay`` (None: none) a private folder whose ``<slug>/posts.csv`` replaces example addresses by real ones.
    ``smtp_url`` is None for the Maildir under ``home``. ``mailbox_url`` is where returns come in by e-mail, with
    ``{organisation}`` for the council's slug (None: a Maildir under ``home`` for each council); ``connection_urls`` are those
    of declared sources, by the name sources.yaml gives them. ``heavy_tasks`` is how many tasks that validate or write documents
    run at once, of all councils together. A month not rated so many ``grace_working_days`` after its cycle day is overdue;
    ``heartbeat_url`` (None: none), with ``{organisation}``, is asked for each time a council's watch has run. ``keep_raw_months``
    and ``keep_outbox_months`` are how long housekeeping leaves what no figure came from, and what can be made again.
    ``owner_url`` is the warehouse as the account that migrates it, ``publisher_url`` as the one that records releases of the public
    site (None: ``warehouse_url``'s account does both).
    """

    home: Path
    project_root: Path
    warehouse_url: str = field(repr=False)
    organisations: Path
    reference_data: Path
    overlay: Path | None = None
    smtp_url: str | None = field(default=None, repr=False)
    run_link_base: str | None = None
    mailbox_url: str | None = field(default=None, repr=False)
    connection_urls: Mapping[str, str] = field(default_factory=dict, repr=False)
    owner_url: str | None = field(default=None, repr=False)
    publisher_url: str | None = field(default=None, repr=False)
    heavy_tasks: int = 4
    heartbeat_url: str | None = field(default=None, repr=False)
    grace_working_days: int = 1
    keep_raw_months: int = 72
    keep_outbox_months: int = 24

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def store(self) -> Path:
        return self.home / "store"

    @property
    def outbox(self) -> Path:
        return self.home / "outbox"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def mail(self) -> Path:
        return self.home / "mail"

    def mailbox_url_of(self, organisation: str) -> str:
        """Give the URL of the mailbox a council's returns come to."""
        if self.mailbox_url is None:
            return f"maildir://{self.home / 'mailbox' / organisation}"
        return self.mailbox_url.replace("{organisation}", organisation)

    @property
    def for_publishing(self) -> Settings:
        """The settings of whoever puts something on the public site."""
        return replace(self, warehouse_url=self.publisher_url or self.warehouse_url)

    def heartbeat_url_of(self, organisation: str) -> str | None:
        """Give the address that is told a council's watch has run. None: there is none."""
        return self.heartbeat_url.replace("{organisation}", organisation) if self.heartbeat_url else None

    @property
    def airflow_home(self) -> Path:
        return self.home / "airflow"

    @property
    def signing_key_path(self) -> Path:
        return self.home / "signing.key"

    @property
    def expectations(self) -> Path:
        return self.project_root / "expectations"

    @property
    def sql(self) -> Path:
        return self.project_root / "sql"

    @property
    def policies(self) -> Path:
        return self.project_root / "include" / "rating_policies"

    @property
    def templates(self) -> Path:
        return self.project_root / "include" / "templates"

    @property
    def forms(self) -> Path:
        return self.project_root / "include" / "forms"

    @property
    def house_glossary(self) -> Path:
        return self.project_root / "include" / "glossary.txt"

    @property
    def lock_file(self) -> Path:
        return self.project_root / "uv.lock"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings of this installation from environment variables (``os.environ`` in practice).

    ``PMF_HOME`` (default ``var`` in the project), ``PMF_WAREHOUSE_URL`` (default SQLite under the home) with
    ``PMF_WAREHOUSE_OWNER_URL`` and ``PMF_WAREHOUSE_PUBLISHER_URL`` where accounts have different rights,
    ``PMF_ORGANISATIONS``, ``PMF_OVERLAY``, ``PMF_REFERENCE_DATA``, ``PMF_SMTP_URL`` (``smtp://user:password@host:port``,
    ``smtps://`` for TLS from the first byte), ``PMF_AIRFLOW_URL`` (for links in engineers' e-mails), ``PMF_MAILBOX_URL``
    (``maildir:///path`` or ``imaps://user:password@host/INBOX``, with ``{organisation}``) and ``PMF_CONNECTION_<NAME>`` for
    each connection a declared source names (``waste-system`` is ``PMF_CONNECTION_WASTE_SYSTEM``), ``PMF_HEAVY_TASKS`` (default 4),
    ``PMF_HEARTBEAT_URL``, ``PMF_GRACE_WORKING_DAYS`` (1), ``PMF_KEEP_RAW_MONTHS`` (72) and ``PMF_KEEP_OUTBOX_MONTHS`` (24).
    Each of these but folders may come out of a file: ``PMF_WAREHOUSE_URL_FILE`` names it.

    Raises:
        OSError: when such a file cannot be read.
    """
    environment = _with_files(environment)
    root = Path(environment.get("PMF_PROJECT_ROOT") or _PROJECT_ROOT)
    home = Path(environment.get("PMF_HOME") or root / "var").absolute()
    overlay = environment.get("PMF_OVERLAY")
    return Settings(
        home=home,
        project_root=root,
        warehouse_url=environment.get("PMF_WAREHOUSE_URL") or f"sqlite:///{home / 'warehouse.db'}",
        organisations=Path(environment.get("PMF_ORGANISATIONS") or root / "include" / "organisations"),
        reference_data=Path(environment.get("PMF_REFERENCE_DATA") or root.parent / "shared" / "data"),
        overlay=Path(overlay) if overlay else None,
        smtp_url=environment.get("PMF_SMTP_URL") or None,
        run_link_base=environment.get("PMF_AIRFLOW_URL") or None,
        mailbox_url=environment.get("PMF_MAILBOX_URL") or None,
        owner_url=environment.get("PMF_WAREHOUSE_OWNER_URL") or None,
        publisher_url=environment.get("PMF_WAREHOUSE_PUBLISHER_URL") or None,
        connection_urls={
            name.removeprefix(_CONNECTION).lower().replace("_", "-"): url
            for name, url in environment.items()
            if name.startswith(_CONNECTION)
        },
        heavy_tasks=int(environment.get("PMF_HEAVY_TASKS") or Settings.heavy_tasks),
        heartbeat_url=environment.get("PMF_HEARTBEAT_URL") or None,
        grace_working_days=int(environment.get("PMF_GRACE_WORKING_DAYS") or Settings.grace_working_days),
        keep_raw_months=int(environment.get("PMF_KEEP_RAW_MONTHS") or Settings.keep_raw_months),
        keep_outbox_months=int(environment.get("PMF_KEEP_OUTBOX_MONTHS") or Settings.keep_outbox_months),
    )


def _with_files(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Put what a file holds in the place of the variable that names it: secrets need not stand in the environment."""
    named = {name: path for name, path in environment.items() if name.startswith("PMF_") and name.endswith(_FILE) and path}
    return {**environment, **{name.removesuffix(_FILE): Path(path).read_text(encoding="utf-8").strip() for name, path in named.items()}}
