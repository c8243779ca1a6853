"""AutoMTLS: each side knows the only certificate that it trusts."""

from __future__ import annotations

import base64
import datetime
import functools
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import grpc

HOST_NAME = "localhost"  # the name that the certificates of go-plugin carry


@dataclass(frozen=True)
class Identity:
    """The certificate of this process, and the only one that it trusts: that of the other side. All are PEM."""

    key: bytes
    certificate: bytes
    trusted: bytes

    def handshake_field(self) -> str:
        """Return the certificate as the handshake line carries it: DER in base64 without padding."""
        return base64.b64encode(ssl.PEM_cert_to_DER_cert(self.certificate.decode())).rstrip(b"=").decode()

    @functools.cached_property
    def is_known_to_grpc(self) -> bool:
        """Whether gRPC's own TLS takes the certificate of the other side: in TLS 1.3 it refuses keys on P-521."""
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec

        key = x509.load_pem_x509_certificate(self.trusted).public_key()
        return not (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == ec.SECP521R1.name)

    def server_credentials(self) -> grpc.ServerCredentials:
        """Return what a server of gRPC needs."""
        return grpc.ssl_server_credentials(
            [(self.key, self.certificate)], root_certificates=self.trusted, require_client_auth=True
        )

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """Return what a channel of gRPC needs."""
        return grpc.ssl_channel_credentials(self.trusted, self.key, self.certificate)

    def context(self, protocol: int) -> ssl.SSLContext:
        """Return what Python's TLS needs, for ssl.PROTOCOL_TLS_SERVER or ssl.PROTOCOL_TLS_CLIENT."""
        context = ssl.SSLContext(protocol)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.trusted.decode())
        context.set_alpn_protocols(["h2"])
        with tempfile.TemporaryDirectory() as directory:  # which only this user can enter
            path = Path(directory, "identity.pem")
            path.write_bytes(self.key + self.certificate)
            context.load_cert_chain(path)
        return context


def identity_for(environment: Mapping[str, str]) -> Identity | None:
    """Return a new identity where the host asks for AutoMTLS."""
    certificate = environment.get("PLUGIN_CLIENT_CERT", "")
    return new_identity(certificate.encode()) if certificate else None


def new_identity(trusted: bytes = b"") -> Identity:
    """Return a new identity that trusts the holder of one certificate, by default only itself."""
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
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    return Identity(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        pem,
        trusted or pem,
    )
