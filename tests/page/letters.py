"""What each mail's templates are given: the fields of one of every kind."""

from __future__ import annotations

from typing import Any

_COMMON = {"organisation_name": "Example Council", "period_label": "September 2024"}
_CONTACT = {"contact": "performance@example.org", "notice": "A worked example"}
FINDINGS = [
    {
        "about": "36 – Number of active library users",
        "acts": None,
        "query_id": "Q-7F3K2A",
        "is_answered": False,
        "where": "Return!F12",
        "message": "The figure is text, not a number.",
        "fix": "Type the number alone.",
        "found": "about 101k",
        "expected": "a whole number",
        "severity_label": "Fails",
        "is_new": True,
    },
    {
        "about": "The file libraries.xlsx",
        "acts": "Data engineers",
        "query_id": None,
        "is_answered": False,
        "where": "",
        "message": "The return came after its deadline.",
        "fix": "Send the next one in time.",
        "found": None,
        "expected": None,
        "severity_label": "Flags",
        "is_new": False,
    },
]
_KPIS = [{"kpi_ref": "220", "title": "Deaths registered within 5 days"}]

CONTEXTS: dict[str, dict[str, Any]] = {
    "request": {
        **_COMMON,
        **_CONTACT,
        "service_name": "Libraries",
        "deadline": "5pm Tuesday 8 October 2024",
        "recipient_title": "Head of Libraries",
        "kpi_count": 6,
        "action_count": 2,
        "panel_count": 4,
        "quarter_label": "quarter 2 2024-25",
        "form_file_names": {
            "kpis": "2024-09-libraries.xlsx",
            "actions": "2024-25-Q2-libraries.xlsx",
            "panels": "2024-09-libraries-panels.xlsx",
        },
    },
    "release": {
        **_COMMON,
        **_CONTACT,
        "service_name": "Libraries",
        "sender_title": "Libraries Performance Officer",
        "recipient_title": "Head of Libraries",
        "file_name": "2024-09-libraries.xlsx",
        "figures": 6,
        "deadline": "5pm Tuesday 8 October 2024",
    },
    "no_attachment": {
        **_COMMON,
        **_CONTACT,
        "message_subject": "Our figures",
        "ignored": ["logo.png"],
    },
    "chase": {
        **_COMMON,
        **_CONTACT,
        "recipient_title": "Head of Libraries",
        "asks_for_figures": True,
        "returns": [
            {
                "service_name": "Libraries",
                "what": "September 2024 figures",
                "deadline": "5pm Tuesday 8 October 2024",
                "lateness": "due in 2 working days",
                "is_late": False,
                "form_file_name": "example-2024-09-libraries.xlsx",
                "sent_out_on": "1 October 2024",
                "refused_on": "3 October 2024",
            }
        ],
        "completes": [
            {
                "service_name": "Libraries",
                "what": "quarter 2 2024-25 plan actions",
                "matter": "plan actions",
                "deadline": "5pm Monday 21 October 2024",
                "lateness": "due today",
                "is_late": False,
                "points": [{"about": "L3 – Renew the catalogue", "message": "It has no update.", "fix": "Say what was done this quarter."}],
            }
        ],
        "guidelines": [{"about": "updates on plan actions", "lines": [{"heading": "Update", "text": "Say what comes next and by when."}]}],
        "releases": [
            {
                "service_name": "Archives",
                "what": "September 2024 figures",
                "deadline": "5pm Tuesday 8 October 2024",
                "lateness": "due in 2 working days",
                "is_late": False,
                "received_on": "2 October 2024",
            }
        ],
        "areas": [
            {
                "heading": "Not returned: Communities",
                "returns": [
                    {
                        "service_name": "Museums",
                        "what": "August 2024 figures",
                        "deadline": "5pm Monday 9 September 2024",
                        "lateness": "3 working days late",
                        "is_late": True,
                        "is_lacking": False,
                        "reminded": "Head of Museums on 5 September and 9 September",
                    }
                ],
            }
        ],
    },
    "findings": {
        **_COMMON,
        **_CONTACT,
        "service_name": "Libraries",
        "what": "September 2024 figures",
        "is_actions": False,
        "is_figures": True,
        "task": "correct",
        "deadline": "5pm Friday 11 October 2024",
        "due": "",
        "withheld": _KPIS,
        "findings": FINDINGS,
        "resolved": [{"about": "137 – Enrolments", "message": "The denominator was missing."}],
        "left_out": 12,
        "form_file_name": "example-2024-09-libraries-questions.xlsx",
        "has_questions": True,
        "is_filled_in": True,
        "guidelines": [{"about": "updates on plan actions", "lines": [{"heading": "Update", "text": "Say what was done."}]}],
    },
    "query": {
        **_COMMON,
        **_CONTACT,
        "query_id": "Q-7F3K2A",
        "subject_label": "36 – Active library users",
        "service_name": "Libraries",
        "recipient_title": "Head of Libraries",
        "is_accepted": False,
        "words": "Is this the whole month?",
        "author_title": "Performance team",
        "steps": ["8 Oct 2024, the checks asked: The figure is below the smallest that is plausible."],
    },
    "board_queries": {
        **_COMMON,
        **_CONTACT,
        "recipient_title": "Corporate Leadership Team",
        "board_name": "Performance Board",
        "working_days": 10,
        "count": 1,
        "listed_before": 2,
        "queries": [
            {
                "query_id": "Q-7F3K2A",
                "subject_label": "36 – Active library users",
                "period_label": "August 2024",
                "service_name": "Libraries",
                "lies_with": "Libraries",
                "since": "9 September 2024",
                "is_failing": True,
                "steps": ["9 Sep 2024, the checks asked: The figure is below the smallest that is plausible."],
            }
        ],
    },
    "deep_dive": {
        **_COMMON,
        **_CONTACT,
        "recipient_title": "Head of Registration",
        "kpi_label": "220 Deaths registered within 5 days",
        "service_name": "Registration",
        "reason": "71.1% against a target of 95%: 25.2% worse than target, more than 10% is red.",
        "reds": "3 months",
        "paths": ["outbox/example/2024-09/deep-dives/deep-dive-220.pdf"],
    },
    "intervention": {
        **_COMMON,
        **_CONTACT,
        "recipient_title": "Housing Needs Manager",
        "task": "plan",
        "intervention_id": "PI-09-2025-06",
        "kpi_label": "PI-09 Households in temporary accommodation",
        "service_name": "Housing",
        "fired_by": "Red 2 months running; a form is opened for 2 reds in 2 rated periods.",
        "target": "110",
        "tolerance": "130",
        "actual": "138",
        "cause": "The hostel is closed.",
        "steps": "Lease eight homes. Owner: Head of Housing. By 30 September 2025.",
        "progress": ["Month 1: July 2025: target 110, actual Not yet rated"],
        "approvals": ["Head of Service, Head of Housing: not yet"],
        "closed": "",
        "deadline": "5pm Wednesday 16 July 2025",
        "workbook_name": "intervention-PI-09-2025-06.xlsx",
    },
    "board_interventions": {
        **_COMMON,
        **_CONTACT,
        "recipient_title": "Corporate Leadership Team",
        "board_name": "Performance Board",
        "interventions": [
            {
                "intervention_id": "PI-09-2025-06",
                "kpi_label": "PI-09 Households in temporary accommodation",
                "service_name": "Housing",
                "opened_on": "11 July 2025",
                "state": "to be planned",
                "lies_with": "Housing Needs Manager",
                "figures": ["June 2025: 138 against 110, tolerance 130"],
                "steps": "Lease eight homes.",
            }
        ],
    },
    "unreadable": {
        **_COMMON,
        **_CONTACT,
        "file_name": "returns.xlsx",
        "message": "The workbook is protected by a password.",
        "fix": "Save it without a password and send it again.",
    },
    "digest": {
        **_COMMON,
        "notice": None,
        "outcome": "flag",
        "outcome_sentence": "2 checks flagged something.",
        "counts": [("Returns received", "5 of 6")],
        "services": [{"name": "Libraries", "state_label": "Returned late", "failed": 1, "flagged": 2, "withheld": 3}],
        "for_engineers": 4,
        "findings": [{**FINDINGS[0], "service_name": "Libraries and Archives"}],
        "left_out": 17,
        "report_path": "published/data-quality.html",
        "run_link": "https://airflow.example.org/runs/1",
    },
    "delivery": {
        **_COMMON,
        "notice": None,
        "what": "Committee papers",
        "files": [
            {
                "title": "Communities Committee",
                "formats": [{"label": "PDF", "path": "published/communities.pdf", "link": "", "is_attached": True}],
            }
        ],
        "attached": "Attached: PDF, 1 file.",
        "not_attached": "",
        "status_counts": [{"label": "Red", "shape": "▼", "count": 1}],
        "withheld": _KPIS,
        "awaiting": [{"kpi_ref": "37", "title": "Library visits"}],
        "publish_by": "Wednesday 27 November 2024",
        "meeting_date": "Thursday 5 December 2024",
    },
    "sign_off": {
        **_COMMON,
        **_CONTACT,
        "recipient_title": "Governance and Performance Manager",
        "publish_by": "Wednesday 27 November 2024",
        "attached": "PDF",
        "is_all_new": True,
        "not_attached": "Not attached: Word. The message would be larger than 10 MB; the files are where the list says.",
        "documents": [
            {
                "title": "Corporate Performance Report, Communities Committee",
                "code": "K3TV-7QZA-RW2M",
                "publish_by": "27 November 2024",
                "paths": [
                    {"label": "PDF", "attached_as": "2024-25-Q2-communities-draft.pdf"},
                    {"label": "Word", "attached_as": None, "path": "outbox/example/papers/communities.docx", "link": ""},
                ],
            },
            {"title": "Corporate Performance Report, Highways Committee", "code": "AAAA-BBBB-CCCC", "publish_by": None, "paths": []},
        ],
    },
    "signed_off": {
        **_COMMON,
        **_CONTACT,
        "post_title": "Governance and Performance Manager",
        "signed": ["Corporate Performance Report, Communities Committee"],
        "unknown": ["AAAA-BBBB-CCCC"],
    },
    "calendar": {
        **_COMMON,
        **_CONTACT,
        "meetings": [
            {
                "name": "Communities Committee, 5 December 2024",
                "is_missed": True,
                "steps": [{"sentence": "clearance by 20 November 2024: missed", "is_new": True}],
            },
            {
                "name": "Highways Committee, 10 December 2024",
                "is_missed": False,
                "steps": [{"sentence": "draft by 18 November 2024: due soon", "is_new": False}],
            },
        ],
        "page": "outbox/example/calendar.html",
    },
    "overdue": {
        "organisation_name": "Example Council",
        **_CONTACT,
        "things": [
            "September 2024 is not rated: its cycle was due on 14 October 2024.",
            "anglia_watch has not run in Airflow since 14 October 2024, 07:40 UTC: see that the scheduler is up.",
        ],
    },
    "undelivered": {
        **_COMMON,
        "messages": [{"subject": "Correct your figures", "recipient": "a@example.org", "last_error": "550 5.1.1 no such mailbox"}],
    },
    "breakdown": {
        **_COMMON,
        "dag_id": "monthly_cycle",
        "task_id": "validate",
        "exception": "OperationalError: refused",
        "run_link": None,
        "log_hint": "the task's log",
    },
}
