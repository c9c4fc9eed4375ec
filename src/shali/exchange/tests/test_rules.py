import hashlib
import hmac
from datetime import timedelta

import pytest

from shali.exchange.rules import is_allowed, signature, wait_after

RECEIVERS = ["https://records.city.example", "http://127.0.0.1:9000"]


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://records.city.example/in", True),
        ("HTTPS://Records.city.example/in", True),
        ("http://127.0.0.1:9000/", True),
        ("http://records.city.example/in", False),
        ("https://records.city.example:8443/in", False),
        ("https://records.city.example.evil.example/in", False),
        ("https://user@records.city.example/in", False),
        ("http://127.0.0.1:9001/", False),
        ("http://169.254.169.254/", False),
        ("ftp://records.city.example/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_a_receiver_that_the_operator_named_is_called(url, allowed):
    assert is_allowed(url, receivers=RECEIVERS) is allowed


def test_a_delivery_is_tried_over_a_day_and_then_given_up():
    waits = [wait_after(failures) for failures in range(1, 9)]

    assert waits[0] == timedelta(seconds=10)
    assert waits[-1] is None
    assert timedelta(hours=24) <= sum((w for w in waits if w), timedelta()) <= timedelta(hours=25)


def test_a_receiver_can_check_the_signature_by_itself():
    said = signature(b"secret", b'{"id":1}', seconds=1660095000)

    expected = hmac.new(b"secret", b'1660095000.{"id":1}', hashlib.sha256).hexdigest()
    assert said == f"t=1660095000,v1={expected}"
