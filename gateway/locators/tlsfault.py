"""What went wrong with a server's certificate or ours, in words that say what to mend."""

from __future__ import annotations

import errno
import ssl

import aiohttp

_X509 = {
    10: "its certificate has expired: its operator must renew it",
    9: "its certificate is not valid yet: compare the clocks, or ask its operator",
    62: "its certificate is for another name: write the host as the certificate has it",
    64: "its certificate is for another address: write the host as the certificate has it",
    18: "its certificate is signed by itself: name it as ca_file, if it is the right one",
    19: "its certificate is of an authority that nobody here trusts: name that authority as ca_file",
    20: "its certificate is of an authority that nobody here trusts: name that authority as ca_file",
    21: "its certificate is of an authority that nobody here trusts: name that authority as ca_file",
    23: "its certificate was revoked: ask its operator",
}
"""Codes of X509_verify_cert (OpenSSL) that deployments meet."""
_ALERTS = (
    ("CERTIFICATE_REQUIRED", "it wants a certificate of ours: cert_file and key_file"),
    (
        "HANDSHAKE_FAILURE",
        "it refuses the handshake: it may want a certificate of ours (cert_file, key_file)",
    ),
    ("CERTIFICATE_EXPIRED", "it says that our certificate has expired: renew cert_file"),
    ("UNKNOWN_CA", "it does not trust our certificate's authority: ask its operator"),
    ("BAD_CERTIFICATE", "it refuses our certificate (cert_file): ask its operator"),
    ("WRONG_VERSION_NUMBER", "it speaks no TLS at this port"),
)


CLOSED = "it closed the link at once: it may want a certificate of ours (cert_file, key_file), or another one"
"""With TLS 1.3 a server that misses our certificate says so after the handshake, and mostly just hangs up."""


def told(error: BaseException, *, over_tls: bool = False) -> str:
    """The fault as a sentence; what is no fault of certificates is told in its own words."""
    hung_up = isinstance(error, aiohttp.ServerDisconnectedError) or (
        isinstance(error, OSError) and error.errno in (errno.ECONNRESET, errno.EPIPE)
    )
    if over_tls and hung_up:
        return CLOSED
    cause = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        cause = error.os_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _X509.get(cause.verify_code, f"its certificate is not accepted: {cause.verify_message}")
    if isinstance(cause, ssl.SSLError):
        reason = str(getattr(cause, "reason", None) or cause)
        return next((words for part, words in _ALERTS if part in reason), f"TLS fails: {reason}")
    return str(error) or type(error).__name__
