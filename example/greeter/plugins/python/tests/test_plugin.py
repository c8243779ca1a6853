"""Starts the plugin as its host does, and calls it."""

import asyncio

import pytest
from grpc_health.v1 import health_pb2

from greeter_python.plugin import plugin_sets

from . import host


@pytest.mark.parametrize("mtls", [False, True], ids=["plain", "AutoMTLS"])
def test_starts_is_healthy_and_ends(mtls: bool) -> None:
    """The host asks for the health of the plugin, and ends it."""

    async def main() -> None:
        for plugins in plugin_sets():
            async with host.started(plugins, mtls=mtls) as plugin:
                assert plugin.protocol_version == plugins.protocol_version
                request = health_pb2.HealthCheckRequest(service="plugin")
                health = await plugin.connection.unary(
                    "/grpc.health.v1.Health/Check", request, health_pb2.HealthCheckResponse
                )
                assert health.status == health_pb2.HealthCheckResponse.SERVING
                assert await plugin.shut_down() == 0

    asyncio.run(main())


def test_refuses_to_run_by_hand() -> None:
    """A person who starts the plugin is told what it is, and its output holds no handshake."""
    code, output, errors = asyncio.run(host.run(environment={}))
    assert code == 1
    assert output == ""
    assert "is a plugin, which a host starts" in errors


# A test of your own calls a client of the API (they are in its package below sdk):
#
#     async with host.started(plugins) as plugin:
#         client = GreeterClient(plugin.connection)
#         assert await client.greet(name="Ada") == "Hello, Ada!"
