"""The process that started this plugin, and how the plugin notices its end: by looking, as systems have no common call."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import PurePath

# The program that pip installs on Windows starts that of the virtual environment, which starts the interpreter.
MOST_LAUNCHERS = 2

Processes = Mapping[int, tuple[int, str]]  # the parent and the program of each process, by its id


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _SYNCHRONIZE = 0x00100000
    _TH32CS_SNAPPROCESS = 0x00000002
    _WAIT_TIMEOUT = 0x00000102
    _INVALID_HANDLE = ctypes.c_void_p(-1).value

    class _Entry(ctypes.Structure):
        """PROCESSENTRY32W of tlhelp32.h."""

        _fields_ = (
            ("size", wintypes.DWORD),
            ("usage", wintypes.DWORD),
            ("process", wintypes.DWORD),
            ("heap", ctypes.c_size_t),
            ("module", wintypes.DWORD),
            ("threads", wintypes.DWORD),
            ("parent", wintypes.DWORD),
            ("priority", wintypes.LONG),
            ("flags", wintypes.DWORD),
            ("program", wintypes.WCHAR * 260),
        )

    _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel.WaitForSingleObject.restype = wintypes.DWORD
    _kernel.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)
    _kernel.CreateToolhelp32Snapshot.restype = wintypes.HANDLE
    _kernel.CreateToolhelp32Snapshot.argtypes = (wintypes.DWORD, wintypes.DWORD)
    _kernel.Process32FirstW.argtypes = (wintypes.HANDLE, ctypes.POINTER(_Entry))
    _kernel.Process32NextW.argtypes = (wintypes.HANDLE, ctypes.POINTER(_Entry))
    _kernel.CloseHandle.argtypes = (wintypes.HANDLE,)

    def _processes() -> Processes:
        """Return all processes that run."""
        found: dict[int, tuple[int, str]] = {}
        snapshot = _kernel.CreateToolhelp32Snapshot(_TH32CS_SNAPPROCESS, 0)
        if snapshot == _INVALID_HANDLE:
            return found
        entry = _Entry()
        entry.size = ctypes.sizeof(_Entry)
        more = _kernel.Process32FirstW(snapshot, ctypes.byref(entry))
        while more:
            found[entry.process] = (entry.parent, entry.program)
            more = _kernel.Process32NextW(snapshot, ctypes.byref(entry))
        _kernel.CloseHandle(snapshot)
        return found

    def watched() -> Callable[[], bool]:
        """Return a function that reports whether the host runs. One that this user may not look at is taken to."""
        process = _kernel.OpenProcess(_SYNCHRONIZE, False, starter(_processes(), os.getpid(), launchers()))
        if not process:
            return lambda: True
        return lambda: bool(_kernel.WaitForSingleObject(process, 0) == _WAIT_TIMEOUT)

else:

    def watched() -> Callable[[], bool]:
        """Return a function that reports whether the host runs: without it this process has another parent."""
        host = os.getppid()
        return lambda: os.getppid() == host


def launchers() -> set[str]:
    """Return the names of the programs that may stand between the host and this process."""
    return {PurePath(path).name.lower().removesuffix(".exe") + ".exe" for path in (sys.argv[0], sys.executable)}


def starter(processes: Processes, process: int, launching: set[str]) -> int:
    """Return which process started another, without the launchers between them."""
    parent, _ = processes.get(process, (0, ""))
    for _ in range(MOST_LAUNCHERS):
        grandparent, program = processes.get(parent, (0, ""))
        if program.lower() not in launching:
            break
        parent = grandparent
    return parent
