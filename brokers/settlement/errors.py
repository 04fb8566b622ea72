"""Why settlement refuses something that was asked of it; nothing has changed then."""


class SettlementError(Exception):
    """A request that the books do not allow. `code` has its message in `messages.py`."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code, parameters)
        self.code = code
        self.parameters = parameters


class ReferenceConflictError(SettlementError):
    """The same reference was recorded before, with other contents."""

    def __init__(self, reference: object) -> None:
        super().__init__("conflict", reference=str(reference))
