//! Bodies as they were meant: what GET answers can be PUT back, and what is empty says nothing.
//!
//! Read-only fields of an answer are passed over; whatever else is not known stays, and is refused.

use serde_json::Value;
use utoipa::ToSchema;

use crate::body::Meant;
use crate::dto::appointment::AppointmentBody;
use crate::dto::business::BusinessInput;
use crate::dto::recipient::RecipientInput;
use crate::dto::settings::{self, SettingsBody};
use crate::dto::template::OwnTextBody;

/// The schema of settings.
pub(crate) const SETTINGS: &str = "Settings";

/// The schemas of the bodies in which an optional field may be null or empty.
pub(crate) fn schemas() -> [String; 4] {
    [RecipientInput::name(), AppointmentBody::name(), BusinessInput::name(), SettingsBody::name()]
        .map(String::from)
}

impl Meant for RecipientInput {
    fn clean(json: &mut Value) {
        without(json, &["id"]);
        without_blanks(json, &["role", "business_id", "email", "phone", "locale", "timezone"]);
    }
}

impl Meant for AppointmentBody {
    fn clean(json: &mut Value) {
        const OPTIONAL: [&str; 8] = [
            "client_ids",
            "client_id",
            "practitioner_id",
            "location",
            "ends_at",
            "timezone",
            "status",
            "action_url",
        ];
        without(json, &["id", "revision", "local_start", "reminders", "readiness"]);
        without_blanks(json, &OPTIONAL);
    }
}

impl Meant for SettingsBody {
    fn clean(json: &mut Value) {
        without(json, &["warnings"]);
        settings_as_meant(json);
    }
}

impl Meant for BusinessInput {
    fn clean(json: &mut Value) {
        without(json, &["id", "warnings"]);
        without_blanks(json, &["settings", "locale", "timezone"]);
        if let Some(settings) = json.get_mut("settings") {
            settings_as_meant(settings);
        }
    }
}

impl Meant for OwnTextBody {
    /// A version as GET answers it stands for its text.
    fn clean(json: &mut Value) {
        const OF_VERSION: [&str; 7] = ["kind", "channel", "locale", "version", "text", "author", "at"];
        let Value::Object(version) = json else { return };
        let is_version = version.keys().all(|name| OF_VERSION.contains(&name.as_str()));
        if let (true, Some(text @ Value::Object(_))) = (is_version, version.get_mut("text")) {
            *json = text.take();
        }
    }
}

fn without(json: &mut Value, names: &[&str]) {
    if let Value::Object(json) = json {
        json.retain(|name, _| !names.contains(&name.as_str()));
    }
}

/// Without optional fields that say nothing. A required one stays, and is refused as it is.
fn without_blanks(json: &mut Value, optional: &[&str]) {
    if let Value::Object(json) = json {
        json.retain(|name, value| !(optional.contains(&name.as_str()) && is_blank(value)));
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Settings in which an empty text is null, and null is as if left out but for reports, where it says never.
fn settings_as_meant(json: &mut Value) {
    let usual = settings::as_json(&carillon_domain::Settings::default());
    let Value::Object(json) = json else { return };
    json.retain(|_, value| !is_blank(value));
    for (name, value) in json.iter_mut().filter(|(name, _)| *name != "digests") {
        let Value::Object(part) = value else { continue };
        part.values_mut().filter(|value| is_blank(value)).for_each(|value| *value = Value::Null);
        part.retain(|field, value| name == "reports" || !value.is_null() || usual[name][field].is_null());
    }
    let lists = json.get_mut("digests").and_then(Value::as_object_mut);
    lists.into_iter().flatten().for_each(|(_, list)| without_blanks(list, &["at"]));
    let rules = json.get_mut("reminders").and_then(|reminders| reminders.get_mut("rules"));
    let rules = rules.and_then(Value::as_array_mut);
    rules.into_iter().flatten().for_each(|rule| without_blanks(rule, &["kind", "note"]));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_as_they_were_meant() {
        let mut written = json!({
            "locale": "", "timezone": null, "quiet_hours": null, "brand": {"color": "", "phone": null},
            "reports": {"weekly_at": null, "daily_at": ""}, "sender": {"name": "Salon"},
            "reminders": {"enabled": null, "rules": [{"before": "1h", "kind": "", "note": null}]},
            "digests": {"staff.client_message": {"every": "hourly", "at": " "}}
        });
        SettingsBody::clean(&mut written);
        let expected = json!({
            "brand": {"color": null, "phone": null}, "reports": {"weekly_at": null, "daily_at": null},
            "reminders": {"rules": [{"before": "1h"}]}, "sender": {"name": "Salon"},
            "digests": {"staff.client_message": {"every": "hourly"}}
        });
        assert_eq!(written, expected);
    }
}
