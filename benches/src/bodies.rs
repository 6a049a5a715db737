//! What is posted: each notification for another person, half of them e-mail, half SMS.

use anyhow::Context;
use serde::Deserialize;
use uuid::Uuid;

/// The kind that goes by e-mail.
const EMAIL_KIND: &str = "client.appointment_confirmed";
/// The kind that must not wait.
const CRITICAL_KIND: &str = "client.appointment_cancelled";
/// The kind that goes by SMS.
const SMS_KIND: &str = "client.reminder_1h";

/// What the texts are made from; far ahead, so that no run is too late.
const DATA: &str = r#"{"business":{"name":"Clinic of the Lake","locale":"en","timezone":"Europe/Paris"},"appointment":{"id":"a-NUMBER","service":"Consultation with Dr Ana Souza","location":"12 Harbour Street, 3rd floor","starts_at":"2034-03-14T10:30:00+01:00","timezone":"Europe/Paris"},"action_url":"https://clinic.example/a/NUMBER"}"#;

/// The data of a bulk request, which all its recipients share.
const SHARED_DATA: &str = r#"{"appointment":{"id":"a-bulk","service":"Consultation with Dr Ana Souza","location":"12 Harbour Street, 3rd floor","starts_at":"2034-03-14T10:30:00+01:00","timezone":"Europe/Paris"},"action_url":"https://clinic.example/a/bulk"}"#;

/// The route of one notification.
pub(crate) const SINGLE: &str = "/v1/notifications";
/// The route of many.
pub(crate) const BULK: &str = "/v1/notifications/bulk";

/// How the notification of this number travels.
pub(crate) const fn channel(number: usize) -> &'static str {
    if number.is_multiple_of(2) { "email" } else { "sms" }
}

/// One notification. No two numbers of a run are the same, so everybody is new.
pub(crate) fn single(number: usize) -> String {
    let channel = channel(number);
    let kind = if channel == "email" { EMAIL_KIND } else { SMS_KIND };
    format!(
        r#"{{"kind":"{kind}","business_id":"clinic","recipient":{},"data":{},"channels":["{channel}"]}}"#,
        person(number),
        DATA.replace("NUMBER", &number.to_string())
    )
}

/// One critical e-mail, of a business that sends nothing else.
pub(crate) fn critical(number: usize) -> String {
    format!(
        r#"{{"kind":"{CRITICAL_KIND}","business_id":"surgery","recipient":{},"data":{{"cancelled_by":"business",{},"channels":["email"]}}"#,
        person(number),
        DATA.trim_start_matches('{').replace("NUMBER", &number.to_string())
    )
}

/// One message by this channel to each of these people.
pub(crate) fn bulk(numbers: std::ops::Range<usize>, channel: &str) -> String {
    let recipients: Vec<String> = numbers.map(person).collect();
    format!(
        r#"{{"kind":"{EMAIL_KIND}","business_id":"clinic","recipients":[{}],"data":{SHARED_DATA},"channels":["{channel}"]}}"#,
        recipients.join(",")
    )
}

/// The id of the person of a number.
pub(crate) fn person_id(number: usize) -> String {
    format!("patient{number:07}")
}

/// The numbers run below ten million: French mobile numbers that begin with 61 are all valid.
fn person(number: usize) -> String {
    let id = person_id(number);
    format!(
        r#"{{"id":"{id}","name":"Patient Number {number:07}","email":"patient{number:07}@example.com","phone":"+3361{number:07}","locale":"en","timezone":"Europe/Paris"}}"#
    )
}

#[derive(Deserialize)]
struct Accepted<'a> {
    #[serde(borrow)]
    messages: Vec<Message<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    id: Uuid,
    channel: &'a str,
    status: &'a str,
}

/// The message that will travel by the channel, out of the answer to [`single`].
pub(crate) fn accepted(answer: &[u8], channel: &str) -> anyhow::Result<Uuid> {
    let accepted: Accepted<'_> = serde_json::from_slice(answer).context("the answer is not as described")?;
    let message = accepted.messages.iter().find(|message| message.channel == channel);
    let message = message.with_context(|| format!("the answer names no message by {channel}"))?;
    anyhow::ensure!(message.status == "queued", "the message by {channel} is {}", message.status);
    Ok(message.id)
}

#[derive(Deserialize)]
struct BulkAccepted {
    accepted: usize,
    messages: Vec<Uuid>,
}

/// The messages that will travel, out of the answer to [`bulk`] for so many people.
pub(crate) fn bulk_accepted(answer: &[u8], people: usize) -> anyhow::Result<Vec<Uuid>> {
    let answer: BulkAccepted = serde_json::from_slice(answer).context("the answer is not as described")?;
    let (accepted, messages) = (answer.accepted, answer.messages.len());
    anyhow::ensure!(
        accepted == people && messages == people,
        "{accepted} of {people} were accepted, {messages} messages named"
    );
    Ok(answer.messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_json_with_a_person_each() {
        let one: serde_json::Value = serde_json::from_str(&single(8)).expect("JSON");
        assert_eq!(
            (&one["channels"][0], &one["recipient"]["phone"]),
            (&"email".into(), &"+33610000008".into())
        );
        let urgent: serde_json::Value = serde_json::from_str(&critical(8)).expect("JSON");
        assert_eq!(urgent["data"]["appointment"]["id"], "a-8");
        let many: serde_json::Value = serde_json::from_str(&bulk(3..5, "in_app")).expect("JSON");
        assert_eq!(
            (&many["recipients"][1]["id"], &many["channels"][0]),
            (&"patient0000004".into(), &"in_app".into())
        );
    }
}
