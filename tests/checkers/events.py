"""Reads what `audit events` writes, with readers that are not ours.

usage: events.py csv|cef FILE

Prints each event as one JSON object of the fields that it has, by the names of `audit list --json`, all as texts.
CSV is read by Python's csv and CEF by PyPI's pycef.
"""

import csv
import json
import re
import sys
from datetime import datetime
from datetime import timezone

import pycef

# Where CEF has a key of its own for a field.
KEYS = {
    "externalId": "leaf",
    "suser": "operator",
    "duser": "effective",
    "dhost": "device",
    "reason": "reason",
    "msg": "note",
    "outcome": "result",
}
HEADER = {"DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceName", "Name", "Severity", "DeviceSeverity", "CEFVersion"}


def of_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            yield {name: unguarded(cell) for name, cell in row.items() if cell}


def unguarded(cell):
    # As docs/format.md says: one apostrophe is taken off at the beginning and behind each separator.
    return re.sub(r"""((?:^|[,;|\t\n\r])[\s"]*)'""", r"\1", cell)


def of_cef(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file:
            read = pycef.parse(line.rstrip("\n"))
            if read is None:
                sys.exit(f"no: {line!r} is not CEF")
            event = {"action": read.pop("DeviceEventClassID"), "time": time(read.pop("rt"))}
            for key, value in read.items():
                if key not in HEADER:
                    event[KEYS.get(key, key)] = unescaped(value)
            yield event


def time(milliseconds):
    moment = datetime.fromtimestamp(int(milliseconds) / 1000, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unescaped(value):
    """pycef leaves that to its callers."""
    characters = iter(value)
    return "".join(next(characters) if character == "\\" else character for character in characters)


if __name__ == "__main__":
    reader = {"csv": of_csv, "cef": of_cef}[sys.argv[1]]
    for event in reader(sys.argv[2]):
        print(json.dumps(event))
