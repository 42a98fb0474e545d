"""Certificates that a test makes for itself: an authority, servers good and bad, a client, a stranger."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

SERVERS = {
    "server": "DNS:localhost,IP:127.0.0.1", "elsewhere": "DNS:lis.example.cn", "expired": "DNS:localhost",
}  # fmt: skip
"""Names of servers' certificates, and whose they say they are."""


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make(folder: Path) -> Path:
    """All of them as `name.pem` and `name.key` in `folder`."""
    for name in ("ca", "stranger"):
        request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
        openssl(folder, *request, "-keyout", f"{name}.key", "-out", f"{name}.pem")
    wanted = {name: f"subjectAltName={whose}\n" for name, whose in SERVERS.items()}
    for name, extension in {**wanted, "client": "extendedKeyUsage=clientAuth\n"}.items():
        (folder / f"{name}.ext").write_text(extension)
        request = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}"]
        openssl(folder, *request, "-keyout", f"{name}.key", "-out", f"{name}.csr")
        days = "0" if name == "expired" else "2"
        signed = ["x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", days]
        openssl(folder, *signed, "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    return folder


def server_side(certificates: Path, *, wants_ours: bool, name: str = "server") -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates / "ca.pem"))
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    context.verify_mode = ssl.CERT_REQUIRED if wants_ours else ssl.CERT_OPTIONAL
    return context
