"""What the host starts."""

from . import goplugin


def main() -> None:
    """Serve the plugin to the host that started this process."""
    # Standard output is how the plugin tells the host where it listens: nothing else may print there, not even a module
    # while it loads.
    with goplugin.Output() as output:
        from .plugin import plugin_sets

        goplugin.serve(*plugin_sets(), output=output)


if __name__ == "__main__":
    main()
