"""What a person does on the gateway's pages, for sample data and tests: click, and be sent back."""

import http.client
from urllib.parse import urlsplit


def pay(page: str) -> str:
    """Pay on the payment page `page`; return the address the person is sent to."""
    return _click(f"{page}/pay")


def decline(page: str) -> str:
    """Let the card be declined on `page`; return the address the person is sent to."""
    return _click(f"{page}/decline")


def onboard(page: str) -> str:
    """Complete the account on its onboarding page; return the address the person is sent to."""
    return _click(f"{page}/finish")


def _click(address: str) -> str:
    target = urlsplit(address)
    connection = http.client.HTTPConnection(target.netloc, timeout=10)
    try:
        connection.request("POST", target.path, headers={"Content-Length": "0"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise LookupError(f"{address} answers {answer.status}")
        return answer.headers["Location"]
    finally:
        connection.close()
