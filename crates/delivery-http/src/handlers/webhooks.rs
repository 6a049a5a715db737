//! What providers call us for. Whatever is not signed by them changes nothing, and is told nothing.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_application::Door;
use carillon_application::receive::Received;

use crate::Api;
use crate::callback::Called;
use crate::deadline::{LONGEST_WAIT, within};
use crate::dto::problem::ProblemBody;
use crate::handlers::Answer;
use crate::problem::ApiError;
use crate::twiml;

/// Take SendGrid's events
///
/// A JSON array, signed (ECDSA, "Signed Event Webhook"). The events are kept before the answer and applied after it, each once, in any
/// order. Events that are not known are passed over.
#[utoipa::path(
    post, path = "/webhooks/sendgrid", tag = "Webhooks",
    request_body(content = String, content_type = "application/json", description = "The events, byte for byte as they were signed."),
    responses(
        (status = 204, description = "They are kept."),
        (status = 401, description = "The signature does not hold: nothing was changed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body has more than 2 MiB.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer: repeat.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn sendgrid(api: Data<Api>, called: Called) -> Answer {
    take(&api, Door::SendGrid, &called).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Take a text message's state from Twilio
///
/// A form, signed (`X-Twilio-Signature`) together with the address below `CARILLON_PUBLIC_URL`, whose query names the message and the try.
#[utoipa::path(
    post, path = "/webhooks/twilio/status", tag = "Webhooks",
    params(
        ("m" = Option<String>, Query, description = "The message."),
        ("a" = Option<u32>, Query, description = "The try.")
    ),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The state, as it was signed."),
    responses(
        (status = 204, description = "It is kept."),
        (status = 401, description = "The signature does not hold: nothing was changed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body has more than 2 MiB.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer: repeat.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn twilio_status(api: Data<Api>, called: Called) -> Answer {
    take(&api, Door::TwilioStates, &called).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Take a text message that somebody sent, from Twilio
///
/// A form, signed as above. The text is kept sealed, understood in French and English, and answered (TwiML): OUI confirms the appointment that
/// was last written of, NON asks the business to cancel it, STOP stops text messages of that business, START lifts that, AIDE says who
/// writes, and anything else is for staff to read. Sent again, it gets the same answer and nothing happens twice. With `OptOutType` Twilio
/// has answered already: then the answer is empty, and STOP holds for all businesses.
#[utoipa::path(
    post, path = "/webhooks/twilio/inbound", tag = "Webhooks",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The text message, as it was signed."),
    responses(
        (status = 200, description = "It is settled: `<Response/>`, or one `<Message>` to send back.", content_type = "text/xml", body = String),
        (status = 401, description = "The signature does not hold: nothing was changed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body has more than 2 MiB.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer: repeat.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn twilio_inbound(api: Data<Api>, called: Called) -> Answer {
    let received = take(&api, Door::TwilioInbound, &called).await?;
    Ok(HttpResponse::Ok().content_type("text/xml").body(twiml::reply(received.answer.as_deref())))
}

async fn take(api: &Api, door: Door, called: &Called) -> Result<Received, ApiError> {
    let received = within(LONGEST_WAIT, api.receive.run(door, &called.0)).await?;
    received.ok_or_else(ApiError::forged)
}
