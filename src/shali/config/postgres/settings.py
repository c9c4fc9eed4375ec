"""Settings of the server, each measured on this design or said why."""

import os
from pathlib import Path

MEGABYTE = 1024 * 1024


def settings_for(sockets: Path, *, lasting: bool) -> list[str]:
    """Return the server's settings as arguments, so that none hides in a file."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0777",  # the folder is closed; roles show their passwords
        "shared_buffers": f"{_shared_megabytes()}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_connections": "80",
        "jit": "off",
        "random_page_cost": "1.1",
        "max_wal_size": "2GB",  # recovery after a crash stays under 10 s
        "timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        # A statement and the detail of a refused row hold people's data; neither goes to a log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length_on_error": "0",
    }
    if not lasting:
        settings |= {
            "max_connections": "200",  # several test processes at once, some with fifty threads
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "shared_buffers": "128MB",
            "autovacuum": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
        }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _shared_megabytes() -> int:
    """Return an eighth of the machine's memory, between 128 MB and 2 GB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    return max(128, min(2048, memory // 8))
