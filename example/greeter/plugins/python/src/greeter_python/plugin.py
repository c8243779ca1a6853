"""The plugin: what it answers to its host."""

from __future__ import annotations

from . import goplugin
from .sdk.greeter import v1 as greeter_v1


class Greeter(greeter_v1.Greeter):
    """Answers the rpcs of greeter.v1.GreeterService."""

    async def greet(self, name: str) -> str:
        """Greet returns a greeting for a person, or one for nobody in particular if name is empty."""
        return f"Hello from Python, {name}!" if name else "Hello from Python!"


def plugin_sets() -> list[goplugin.PluginSet]:
    """Return what the plugin serves: a set for each protocol version."""
    return [
        greeter_v1.plugin_set(greeter=Greeter()),
    ]
