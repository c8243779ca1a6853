"""Finds the host among the processes of Windows, where launchers stand between it and the plugin."""

from kv_python.goplugin.host import starter

HOST, LAUNCHER, VENV, PLUGIN = 10, 20, 30, 40
LAUNCHING = {"greeter-snake.exe", "python.exe"}

CASES = {
    "started by the host itself": {PLUGIN: (HOST, "python.exe"), HOST: (1, "greeter.exe")},
    "by the interpreter of a virtual environment": {
        PLUGIN: (VENV, "python.exe"),
        VENV: (HOST, "Python.exe"),
        HOST: (1, "greeter.exe"),
    },
    "by the program that pip installs": {
        PLUGIN: (VENV, "python.exe"),
        VENV: (LAUNCHER, "python.exe"),
        LAUNCHER: (HOST, "greeter-snake.exe"),
        HOST: (1, "greeter.exe"),
    },
    "by a host that is a script": {
        PLUGIN: (VENV, "python.exe"),
        VENV: (LAUNCHER, "python.exe"),
        LAUNCHER: (HOST, "greeter-snake.exe"),
        HOST: (1, "python.exe"),
        1: (0, "cmd.exe"),
    },
    "by one that is gone": {PLUGIN: (HOST, "python.exe")},
}

for what, processes in CASES.items():
    got = starter(processes, PLUGIN, LAUNCHING)
    assert got == HOST, f"{what}: got {got}"
assert starter({}, PLUGIN, LAUNCHING) == 0, "of an unknown process"
