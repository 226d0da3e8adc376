"""Addresses in settings: which ones the system connects to at all.

An operator names inner hosts, so those pass. What no service of a programme is ever at is
refused: addresses that hand a cloud machine's own credentials to whoever asks from it.
"""

import ipaddress
import socket
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator

_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "instance-data"})
_METADATA_ADDRESSES = frozenset(
    ipaddress.ip_address(text) for text in ("100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)
"""Of clouds that do not use a link-local address; AWS's second one is the last."""


def check_service_url(url: str) -> str:
    """Return an HTTP address if a service may be there.

    Raises:
        ValueError: If it is none, carries credentials, or leads to a machine's metadata.
    """
    parts = _split(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"the scheme {parts.scheme!r} is not http or https")
    if parts.query or parts.fragment:
        raise ValueError("an address of a service has no query and no fragment")
    check_host(parts.hostname)
    return url


def check_lake_url(url: str) -> str:
    """Return a folder or `s3://bucket/path` if it is one.

    Raises:
        ValueError: If it is another kind of address, or carries credentials.
    """
    if "://" not in url:
        return url
    parts = _split(url)
    if parts.scheme != "s3" or not parts.hostname:
        raise ValueError("a lake is a folder or s3://bucket/path")
    return url


def check_grpc_target(target: str) -> str:
    """Return `host:port` if it is one: gRPC knows other schemes, files among them.

    Raises:
        ValueError: If it is none, or leads to a machine's metadata.
    """
    parts = _split(f"//{target}")
    if parts.netloc != target or parts.port is None:
        raise ValueError("an address of Triton is host:port")
    check_host(parts.hostname)
    return target


def check_host(host: str | None) -> None:
    """Refuse hosts that no service of a programme is at.

    Raises:
        ValueError: If there is no host, or it is a machine's metadata, or nobody's.
    """
    if not host:
        raise ValueError("it names no host")
    address = _address(host)
    if host.rstrip(".") in _METADATA_NAMES or (address and _is_refused(address)):
        raise ValueError(f"{host} is no service but a machine's metadata, or nobody's address")


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("credentials in an address end in logs: use the variables for them")
    return parts


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is written as, in any notation that a resolver takes."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))  # 0xa9fea9fe, 2852039166 …
        except (OSError, UnicodeError):
            return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_refused(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address in _METADATA_ADDRESSES
    )


ServiceUrl = Annotated[str, AfterValidator(check_service_url)]
LakeUrl = Annotated[str, AfterValidator(check_lake_url)]
GrpcTarget = Annotated[str, AfterValidator(check_grpc_target)]
