"""Mail out: a letter, the queue it waits in, and the transports that take it away.

Letters are saved into the queue in the transaction of what caused them and drained afterwards, so that a run that is
killed neither loses a letter nor writes it twice (rulings 3). What a letter says belongs to ``page`` and ``cycle``.
"""

from pmf.mail.dispatch import Drained, drain, queue_rows
from pmf.mail.letter import Attachment, Letter, as_sent, compose
from pmf.mail.transport import MaildirTransport, SmtpTransport, Transport, smtp_transport_from_url, transport_for

__all__ = [
    "Attachment",
    "Drained",
    "Letter",
    "MaildirTransport",
    "SmtpTransport",
    "Transport",
    "as_sent",
    "compose",
    "drain",
    "queue_rows",
    "smtp_transport_from_url",
    "transport_for",
]
