"""Certificates for tests: an authority of one's own, and servers on loopback that it knows."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = x509.IPAddress(IPv4Address("127.0.0.1"))


class Authority:
    """Signs certificates of servers; `ca` is the file that clients trust."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("danze tests")
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(_pem(_signed(self._name, self._name, self._key.public_key(), self._key, ca=True)))

    def server(self, name: str) -> tuple[Path, Path]:
        """Files of a certificate and of its key, for a server that is reached at 127.0.0.1 and by no other name."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(_named(name), self._name, key.public_key(), self._key, (LOOPBACK,))
        chain, secret = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        chain.write_bytes(_pem(certificate))
        kind, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, none))
        return chain, secret


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _signed(name, issuer, public, by, at=(), *, ca=False) -> x509.Certificate:
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer, name, public, x509.random_serial_number())
        .not_valid_before(today - timedelta(hours=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    return (made.add_extension(x509.SubjectAlternativeName(at), critical=False) if at else made).sign(
        by, hashes.SHA256()
    )
