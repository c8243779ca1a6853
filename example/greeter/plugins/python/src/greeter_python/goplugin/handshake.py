"""What a host and a plugin agree on before they talk: the magic cookie, the protocol version and the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .calls import Service

CORE_PROTOCOL_VERSION = 1


@dataclass(frozen=True)
class Handshake:
    """The magic cookie: the environment variable by which a plugin knows that a host of its own kind started it."""

    cookie_key: str
    cookie_value: str


@dataclass(frozen=True)
class PluginSet:
    """The services of one protocol version."""

    handshake: Handshake
    protocol_version: int
    services: Sequence[Service]


class StartRefused(Exception):
    """The plugin cannot run here. Its text is for the person at the terminal."""


def negotiate(sets: Sequence[PluginSet], environment: Mapping[str, str]) -> PluginSet:
    """Return what is served of the highest protocol version that the host offers, too.

    Without a common one it is the lowest, as in every go-plugin plugin: the host then reports both versions.
    """
    by_version: dict[int, PluginSet] = {}
    for s in sets:
        known = by_version.get(s.protocol_version)
        services = [*(known.services if known else ()), *s.services]
        by_version[s.protocol_version] = PluginSet(s.handshake, s.protocol_version, services)
    offered = {int(v) for v in environment.get("PLUGIN_PROTOCOL_VERSIONS", "").split(",") if v.strip().isdigit()}
    return by_version[max(offered & by_version.keys(), default=min(by_version))]


def addressed(sets: Sequence[PluginSet], environment: Mapping[str, str], program: str) -> list[PluginSet]:
    """Return the sets whose host started this process, or raise StartRefused where none did."""
    found = [s for s in sets if environment.get(s.handshake.cookie_key) == s.handshake.cookie_value]
    if found:
        return found
    names = {service.name: s.protocol_version for s in sets for service in s.services}
    served = ", ".join(f"{name} (protocol version {version})" for name, version in names.items())
    raise StartRefused(
        f"{program} is a plugin, which a host starts; run by hand it does nothing.\n"
        f"It serves {served or 'nothing'}.\n"
        f"To use it, let its host find this program."
    )


def handshake_line(version: int, network: str, address: str, certificate: str) -> str:
    """Return the line by which the host learns how to connect. The certificate is empty without AutoMTLS."""
    return f"{CORE_PROTOCOL_VERSION}|{version}|{network}|{address}|grpc|{certificate}\n"
