//! The request.

use carillon_ports::sms::OutgoingSms;

use crate::config::SmsOrigin;

/// The form's fields. Left at Twilio's defaults: `ValidityPeriod` (10 h), `RiskCheck` (on), `SmartEncoded` (the text was made
/// plain before its segments were counted, so Twilio has nothing to save).
pub(crate) fn form(sms: &OutgoingSms, origin: &SmsOrigin, callback: &str) -> [(&'static str, String); 4] {
    let (field, sender) = match origin {
        SmsOrigin::From(number) => ("From", number),
        SmsOrigin::MessagingService(sid) => ("MessagingServiceSid", sid),
    };
    let callback = format!("{callback}?m={}&a={}", sms.id.message, sms.id.attempt);
    [
        ("To", sms.to.expose().to_owned()),
        (field, sender.clone()),
        ("Body", sms.text.clone()),
        ("StatusCallback", callback),
    ]
}
