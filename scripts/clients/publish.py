"""Publishes an event by a client that was generated from the API document."""

import json
import os

from carillon_client import AuthenticatedClient
from carillon_client.api.events import publish_event
from carillon_client.api.kinds import list_kinds
from carillon_client.models import (
    AppointmentBookedData,
    AppointmentBookedEvent,
    EventAccepted,
    EventAppointment,
    EventBusiness,
    EventPerson,
    ListPageKind,
)

client = AuthenticatedClient(base_url=os.environ["CARILLON_URL"], token=os.environ["CARILLON_KEY"])

event = AppointmentBookedEvent(
    type_="appointment.booked",
    business_id="salon-python",
    data=AppointmentBookedData(
        business=EventBusiness(name="Salon Martin", locale="fr", timezone="Europe/Paris"),
        client=EventPerson(id="client-python", name="Camille Martin", email="camille@example.com"),
        appointment=EventAppointment(id="a-python", service="Coupe", starts_at="2050-12-03T14:30:00+01:00"),
    ),
)

published = publish_event.sync(client=client, body=event)
assert isinstance(published, EventAccepted), published
assert published.notifications, "nothing comes of the event"

kinds = list_kinds.sync(client=client)
assert isinstance(kinds, ListPageKind), kinds
print(json.dumps({"event_id": published.event_id, "kinds": len(kinds.items)}))
