//! Twilio, as far as sending text messages goes.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::providers::behaviour::Behaviour;
use crate::providers::http::{FakeHttp, Manners, Memory, Received};
use crate::providers::ledger::Call;

/// Where messages go.
const ROUTE: &str = "/2010-04-01/Accounts/{sid}/Messages.json";

/// `POST /2010-04-01/Accounts/{sid}/Messages.json` → 201 with a unique `sid`.
pub struct FakeTwilio(FakeHttp);

impl FakeTwilio {
    /// Starts one on a free loopback port. Accepts everything until told otherwise.
    #[expect(clippy::unused_async, reason = "says at the place of use that a runtime is needed")]
    pub async fn start() -> Self {
        Self(FakeHttp::start(Box::new(TwilioManners), ROUTE, Memory::Whole))
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        self.0.url()
    }

    /// Behaves like this from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.0.orders().always([behaviour]);
    }

    /// Behaves like these in turn from now on.
    pub fn behave_in_turn(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.0.orders().always(behaviours);
    }

    /// Behaves otherwise with some requests, whatever else it is told: with those that this answers a behaviour for.
    pub fn except(&self, exception: impl Fn(&Received) -> Option<Behaviour> + Send + 'static) {
        self.0.orders().except(exception);
    }

    /// Behaves like these for the next requests, before anything else.
    pub fn next(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.0.orders().queue(behaviours);
    }

    /// Every request so far, in order, taken or not.
    pub fn received(&self) -> Vec<Received> {
        self.0.received()
    }

    /// Every request so far, in order, taken or not: which message it carried, and when.
    pub fn calls(&self) -> Vec<Call> {
        self.0.calls()
    }

    /// How many requests are not answered yet.
    pub fn held(&self) -> usize {
        self.0.held()
    }

    /// How many different messages were taken.
    pub fn unique_messages(&self) -> usize {
        self.0.times_taken().len()
    }

    /// How often each message was taken, by our message id.
    pub fn times_taken(&self) -> BTreeMap<String, usize> {
        self.0.times_taken()
    }

    /// The `sid` that the number-th message taken was given, counted from 1.
    pub fn sid(number: usize) -> String {
        format!("SM{number:032x}")
    }
}

/// An error answer as Twilio writes it.
pub fn twilio_error(status: u16, code: u32) -> Behaviour {
    let body = json!({
        "code": code,
        "message": "The number +33612345678 is not acceptable",
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status,
    });
    Behaviour::status(status).header("Content-Type", "application/json").body(&body.to_string())
}

struct TwilioManners;

impl Manners for TwilioManners {
    fn read(&self, raw: &str) -> (Value, Option<String>, Option<String>) {
        let fields: serde_json::Map<String, Value> = form_urlencoded::parse(raw.as_bytes())
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect();
        let callback =
            fields.get("StatusCallback").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
        let asked = |name: &str| {
            let (_, value) = callback.as_ref()?.query_pairs().find(|(key, _)| key == name)?;
            Some(value.into_owned())
        };
        let (message_id, attempt) = (asked("m"), asked("a"));
        (Value::Object(fields), message_id, attempt)
    }

    fn accept(&self, request: &Received, number: usize) -> HttpResponse {
        let sid = FakeTwilio::sid(number);
        let path = request.path.trim_end_matches(".json");
        let account = path.split('/').nth(3).unwrap_or_default();
        HttpResponse::Created().json(json!({
            "account_sid": account, "api_version": "2010-04-01", "body": request.body["Body"],
            "date_created": "Tue, 01 Dec 2026 08:00:00 +0000", "date_sent": null,
            "date_updated": "Tue, 01 Dec 2026 08:00:00 +0000", "direction": "outbound-api",
            "error_code": null, "error_message": null, "from": request.body["From"],
            "messaging_service_sid": request.body["MessagingServiceSid"],
            "num_media": "0", "num_segments": "1", "price": null, "price_unit": "USD", "sid": sid,
            "status": "queued", "subresource_uris": { "media": format!("{path}/{sid}/Media.json") },
            "to": request.body["To"], "uri": format!("{path}/{sid}.json"),
        }))
    }

    fn list(&self, query: &str, taken: &[&Received]) -> HttpResponse {
        let to = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "To").map(|(_, to)| to);
        let messages: Vec<Value> = taken
            .iter()
            .enumerate()
            .filter(|(_, request)| request.body["To"].as_str() == to.as_deref())
            .map(|(index, request)| {
                json!({
                    "sid": FakeTwilio::sid(index + 1), "body": request.body["Body"], "status": "sent",
                    "date_created": crate::clock::machine_time().to_rfc2822(), "to": request.body["To"],
                })
            })
            .rev()
            .collect();
        HttpResponse::Ok().json(json!({ "messages": messages, "page_size": 20 }))
    }
}
