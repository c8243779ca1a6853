"""Where a plugin listens, and how both sides prove who they are: unix sockets, TCP on Windows, and AutoMTLS."""

from __future__ import annotations

import base64
import datetime
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import grpc
import grpc.aio

from .calls import OPTIONS

HOST_NAME = "localhost"  # the name that the certificates of go-plugin carry


@dataclass(frozen=True)
class Identity:
    """The certificate of this process, and the only one that it trusts: that of the other side. All are PEM."""

    key: bytes
    certificate: bytes
    trusted: bytes

    def handshake_field(self) -> str:
        """Return the certificate as the handshake line carries it: DER in base64 without padding."""
        body = b"".join(line for line in self.certificate.splitlines() if not line.startswith(b"-----"))
        return base64.b64encode(base64.b64decode(body)).rstrip(b"=").decode()


def identity_for(environment: Mapping[str, str]) -> Identity | None:
    """Return a new identity where the host asks for AutoMTLS."""
    certificate = environment.get("PLUGIN_CLIENT_CERT", "")
    return new_identity(certificate.encode()) if certificate else None


def new_identity(trusted: bytes) -> Identity:
    """Return a new identity that trusts the holder of one certificate."""
    # A plugin without AutoMTLS need not wait for this import.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST_NAME)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(seconds=30))
        .not_valid_after(now + datetime.timedelta(days=365 * 30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST_NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Identity(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        certificate.public_bytes(serialization.Encoding.PEM),
        trusted,
    )


@dataclass(frozen=True)
class Address:
    """Where a server listens: network is unix or tcp, address a path or HOST:PORT."""

    network: str
    address: str

    @property
    def target(self) -> str:
        """The address as gRPC names it."""
        return f"unix:{self.address}" if self.network == "unix" else self.address


class Transport:
    """Opens servers where the environment of a plugin says, and channels; with an identity over mutual TLS."""

    def __init__(self, environment: Mapping[str, str], identity: Identity | None) -> None:
        self._environment = environment
        self.identity = identity

    def listen(self, server: grpc.aio.Server) -> Address:
        """Let a server listen on a new address."""
        if sys.platform == "win32":
            return self._listen_tcp(server)
        return self._listen_unix(server)

    def channel(self, address: Address) -> grpc.aio.Channel:
        """Return a channel to a server of the other side."""
        if self.identity is None:
            return grpc.aio.insecure_channel(address.target, OPTIONS)
        credentials = grpc.ssl_channel_credentials(self.identity.trusted, self.identity.key, self.identity.certificate)
        return grpc.aio.secure_channel(
            address.target, credentials, [*OPTIONS, ("grpc.ssl_target_name_override", HOST_NAME)]
        )

    def _bind(self, server: grpc.aio.Server, target: str) -> int:
        if self.identity is None:
            return server.add_insecure_port(target)
        credentials = grpc.ssl_server_credentials(
            [(self.identity.key, self.identity.certificate)], self.identity.trusted, require_client_auth=True
        )
        return server.add_secure_port(target, credentials)

    def _listen_unix(self, server: grpc.aio.Server) -> Address:
        directory = self._environment.get("PLUGIN_UNIX_SOCKET_DIR") or tempfile.gettempdir()
        path = Path(directory, f"plugin{secrets.token_hex(6)}")
        address = Address("unix", str(path))
        self._bind(server, address.target)
        if group := self._environment.get("PLUGIN_UNIX_SOCKET_GROUP"):
            shutil.chown(path, group=int(group) if group.isdigit() else group)
            os.chmod(path, 0o660)
        return address

    def _listen_tcp(self, server: grpc.aio.Server) -> Address:
        low, high = (int(self._environment.get(key) or 0) for key in ("PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT"))
        for port in range(low, high + 1):
            try:
                return Address("tcp", f"127.0.0.1:{self._bind(server, f'127.0.0.1:{port}')}")
            except RuntimeError:
                continue
        raise OSError(f"no free port from {low} to {high} (PLUGIN_MIN_PORT, PLUGIN_MAX_PORT)")
