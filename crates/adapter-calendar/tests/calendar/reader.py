"""Reads calendar files as somebody else's program does, and says as JSON what it understood.

    python reader.py <file> ...

The Python package icalendar parses them. Times with a zone are resolved by the file's own VTIMEZONE, although Python has
a database of zones.
"""

import json
import sys
from datetime import timezone

from icalendar import Calendar


def instant(event, name, zones):
    if name not in event:
        return None
    time, zone = event[name].dt, event[name].params.get("TZID")
    if zone is not None:
        time = time.replace(tzinfo=zones[zone])
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def understood(path):
    with open(path, "rb") as file:
        calendar = Calendar.from_ical(file.read())
    zones = {str(zone["TZID"]): zone.to_tz(lookup_tzid=False) for zone in calendar.walk("VTIMEZONE")}
    [event] = calendar.walk("VEVENT")
    [attendee] = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]
    return {
        "method": str(calendar["METHOD"]),
        "zones": sorted(zones),
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "stamp": instant(event, "DTSTAMP", zones),
        "starts_at": instant(event, "DTSTART", zones),
        "ends_at": instant(event, "DTEND", zones),
        "summary": str(event["SUMMARY"]),
        "description": str(event["DESCRIPTION"]) if "DESCRIPTION" in event else None,
        "organizer": [str(event["ORGANIZER"]), event["ORGANIZER"].params.get("CN")],
        "attendee": [str(attendee), attendee.params.get("CN"), attendee.params.get("PARTSTAT")],
        "errors": [str(error) for part in calendar.walk() for error in part.errors],
    }


print(json.dumps([understood(path) for path in sys.argv[1:]]))
