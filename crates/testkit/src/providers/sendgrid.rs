//! SendGrid, as far as sending goes.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use serde_json::Value;

use crate::providers::behaviour::Behaviour;
use crate::providers::http::{FakeHttp, Manners, Memory, Received};
use crate::providers::ledger::Call;

/// Where messages go.
const ROUTE: &str = "/v3/mail/send";

/// `POST /v3/mail/send` → 202 with a unique `X-Message-Id`.
pub struct FakeSendGrid(FakeHttp);

impl FakeSendGrid {
    /// Starts one on a free loopback port. Accepts everything until told otherwise.
    #[expect(clippy::unused_async, reason = "says at the place of use that a runtime is needed")]
    pub async fn start() -> Self {
        Self(FakeHttp::start(Box::new(SendGridManners), ROUTE, Memory::Whole))
    }

    /// As [`start`](Self::start), but remembers its [`calls`](Self::calls) alone, and [`received`](Self::received) is empty.
    #[expect(clippy::unused_async, reason = "says at the place of use that a runtime is needed")]
    pub async fn start_for_many() -> Self {
        Self(FakeHttp::start(Box::new(SendGridManners), ROUTE, Memory::CallsAlone))
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
}

struct SendGridManners;

impl Manners for SendGridManners {
    fn read(&self, raw: &str) -> (Value, Option<String>, Option<String>) {
        let body: Value = serde_json::from_str(raw).unwrap_or_default();
        let ours = &body["personalizations"][0]["custom_args"];
        let text = |name: &str| ours[name].as_str().map(str::to_owned);
        let (message_id, attempt) = (text("message_id"), text("attempt"));
        (body, message_id, attempt)
    }

    fn accept(&self, _: &Received, number: usize) -> HttpResponse {
        HttpResponse::Accepted().insert_header(("X-Message-Id", format!("fakeMessage-{number:08}"))).finish()
    }
}
