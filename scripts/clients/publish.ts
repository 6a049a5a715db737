// Publishes an event by a client that was generated from the API document. What would compile although it is wrong is checked too: the types
// of the document are narrow.
import createClient from "openapi-fetch";
import type { components, paths } from "./carillon.js";

declare const process: { env: Record<string, string | undefined> };

type Schemas = components["schemas"];
type Booked = Schemas["AppointmentBookedEvent"];

const client = createClient<paths>({
  baseUrl: process.env["CARILLON_URL"] ?? "",
  headers: { Authorization: `Bearer ${process.env["CARILLON_KEY"] ?? ""}` },
});

const event: Booked = {
  type: "appointment.booked",
  business_id: "salon-typescript",
  data: {
    business: { name: "Salon Martin", locale: "fr", timezone: "Europe/Paris" },
    client: { id: "client-typescript", name: "Camille Martin", email: "camille@example.com" },
    appointment: { id: "a-typescript", service: "Coupe", starts_at: "2050-12-03T14:30:00+01:00", status: "confirmed" },
  },
};

const published = await client.POST("/v1/events", { body: event });
if (published.error !== undefined) {
  throw new Error(`${published.error.code}: ${published.error.detail}`);
}
const messages: Schemas["MessageState"][] = published.data.notifications.flatMap((notification) => notification.messages);
if (messages.length === 0) {
  throw new Error("nothing comes of the event");
}

// What is read can be put back.
const path = { params: { path: { id: "client-typescript" } } };
const person = await client.GET("/v1/recipients/{id}", path);
if (person.data === undefined) {
  throw new Error("the client is not known");
}
const put = await client.PUT("/v1/recipients/{id}", { ...path, body: { ...person.data, phone: null } });
if (put.error !== undefined) {
  throw new Error(`${put.error.code}: ${put.error.detail}`);
}

const kinds = await client.GET("/v1/kinds");
const items: Schemas["Kind"][] = kinds.data?.items ?? [];
console.log(JSON.stringify({ event_id: published.data.event_id, kinds: items.length }));

// @ts-expect-error: there is no such type of event.
export const unknown: Schemas["EventBody"]["type"] = "appointment.forgotten";
// @ts-expect-error: an appointment has no such status.
export const status: Booked["data"]["appointment"]["status"] = "forgotten";
// @ts-expect-error: a fraud has no appointment.
export const mixed: Schemas["EventBody"] = { type: "fraud.detected", data: event.data };
