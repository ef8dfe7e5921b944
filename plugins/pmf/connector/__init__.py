"""Where figures come from besides the inbox folder: mailboxes, queries, endpoints, folders of other systems."""


class ConnectorError(Exception):
    """A source cannot be asked, or gives no usable answer; the message says which one and what to do, and never a secret."""
