//! The form of the preference page, as browsers send it.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use carillon_application::preference_page::Form;
use carillon_domain::choices::{Digest, Rhythm};
use carillon_domain::{Category, Channel, Topic};
use futures_util::future::LocalBoxFuture;

use crate::problem::ApiError;
use crate::{body, query};

/// The longest form: a page has some dozens of boxes of some dozens of bytes.
const LONGEST: usize = 65_536;

/// A form that was sent.
pub(crate) struct Sent(pub(crate) Form);

impl FromRequest for Sent {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = body::bytes(request.headers(), payload, LONGEST).await?;
            let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
            read(&text).map(Self).ok_or_else(unreadable)
        })
    }
}

fn unreadable() -> ApiError {
    ApiError::unreadable("malformed_form", "The body is not a form of this page.")
}

/// Reads a form: `shown` and `on` name a box (`reminders.sms`), `again` a category, `quiet_from` and `quiet_to` a time, and
/// `digest.<category>` how it comes (`none`, `hourly`, `daily-18:00`). Whatever else there is was not made by our page.
fn read(text: &str) -> Option<Form> {
    let mut form = Form::default();
    let (mut from, mut to) = (None, None);
    for (name, value) in query::pairs(text).ok()? {
        match (name.as_str(), name.strip_prefix("digest.")) {
            ("shown", _) => form.shown.push(cell(&value)?),
            ("on", _) => form.ticked.push(cell(&value)?),
            ("again", _) => form.again.push(value.parse().ok()?),
            ("quiet_from", _) => from = Some(time(&value)),
            ("quiet_to", _) => to = Some(time(&value)),
            (_, Some(category)) => {
                form.digest.insert(category.parse().ok()?, digest(&value)?);
            }
            (_, None) => return None,
        }
    }
    form.quiet = from.zip(to);
    Some(form)
}

/// A box by its name.
fn cell(text: &str) -> Option<(Topic, Channel)> {
    let (category, channel) = text.split_once('.')?;
    Some((Topic::from(category.parse::<Category>().ok()?), channel.parse().ok()?))
}

/// Browsers send `08:00`, and some of them `08:00:00`.
fn time(text: &str) -> String {
    let text = text.trim();
    text.strip_suffix(":00").filter(|rest| rest.contains(':')).unwrap_or(text).to_owned()
}

fn digest(text: &str) -> Option<Digest> {
    Some(match text.split_once('-') {
        Some((every, at)) => Digest { every: every.parse().ok()?, at: Some(at.to_owned()) },
        None => Digest { every: text.parse::<Rhythm>().ok()?, at: None },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let text = "shown=reminders.sms&shown=marketing.email&on=marketing.email&again=payments&quiet_from=21%3A00\
                    &quiet_to=08%3A00%3A00&digest.messages=daily-18%3A00&digest.payments=none";
        let form = read(text).expect("a form");
        assert_eq!(
            form.shown,
            [(Topic::Category(Category::Reminders), Channel::Sms), (Topic::Marketing, Channel::Email)]
        );
        assert_eq!(form.ticked, [(Topic::Marketing, Channel::Email)]);
        assert_eq!(form.again, [Category::Payments]);
        assert_eq!(form.quiet, Some(("21:00".to_owned(), "08:00".to_owned())));
        let daily = Digest { every: Rhythm::Daily, at: Some("18:00".to_owned()) };
        assert_eq!(form.digest.get(&Category::Messages), Some(&daily));
        assert_eq!(form.digest.get(&Category::Payments).map(|digest| digest.every), Some(Rhythm::None));
    }

    #[test]
    fn what_no_page_of_ours_sends_is_refused() {
        for text in [
            "shown=reminders",
            "on=fun.sms",
            "on=reminders.fax",
            "again=all",
            "digest.fun=none",
            "digest.messages=yearly",
            "x=1",
            "shown=%FF",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
        let empty = read("").expect("an empty form changes nothing");
        assert!(empty.shown.is_empty() && empty.quiet.is_none());
    }
}
