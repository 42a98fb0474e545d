"""Faults of certificates in words that say what to mend."""

from __future__ import annotations

import errno
import ssl

import pytest

from gateway.locators.tlsfault import CLOSED, told


def unverified(code: int, message: str = "m") -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (unverified(10), "has expired"),
        (unverified(9), "not valid yet"),
        (unverified(62), "another name"),
        (unverified(64), "another address"),
        (unverified(18), "signed by itself"),
        (unverified(20), "ca_file"),
        (unverified(26, "unsuitable purpose"), "not accepted: unsuitable purpose"),
        (ssl.SSLError(1, "x"), "TLS fails"),
        (OSError(errno.ECONNREFUSED, "Connection refused"), "Connection refused"),
        (EOFError(), "EOFError"),
    ],
)
def test_each_fault_has_its_sentence(error: BaseException, part: str) -> None:
    assert part in told(error)


def test_a_link_that_ends_at_once_means_our_certificate_only_over_tls() -> None:
    reset = ConnectionResetError(errno.ECONNRESET, "reset by peer")
    assert told(reset, over_tls=True) == CLOSED
    assert "reset by peer" in told(reset)
