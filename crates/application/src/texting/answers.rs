//! What people are answered, in French and English: one segment of GSM-7 each, whatever the business is called.

use carillon_domain::sms::{Alphabet, SmsOptions, compile, cost};
use carillon_domain::{Booking, Locale};
use carillon_ports::catalogue::{Moment, Renderer};
use carillon_ports::texting::Reply;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// In whose name and for whom an answer is written.
#[derive(Clone)]
pub(super) struct Voice<'a> {
    /// French; English otherwise.
    pub(super) french: bool,
    /// The reader's language and region, that dates and times are written for.
    pub(super) locale: Locale,
    /// Writes dates and times.
    pub(super) renderer: &'a dyn Renderer,
    /// When it is written.
    pub(super) now: DateTime<Utc>,
    /// Where the reader is.
    pub(super) zone: Tz,
    /// Where the business is: the zone of appointments that have none of their own.
    pub(super) place: Tz,
    /// The business's name.
    pub(super) name: Option<String>,
    /// Its phone number as people should read it.
    pub(super) phone: Option<String>,
}

/// What is said.
#[derive(Debug, Clone)]
pub(super) enum Answer<'a> {
    /// The appointment is confirmed from now on.
    Confirmed(&'a Booking),
    /// It was already.
    ConfirmedBefore(&'a Booking),
    /// Staff are asked to call it off.
    AskedToCancel(&'a Booking),
    /// Of which of these do you speak?
    Which(Reply, &'a [&'a Booking]),
    /// What do you mean?
    What(Option<&'a Booking>),
    /// No more text messages.
    Stopped,
    /// Text messages again.
    Started,
    /// Who writes.
    Help,
}

/// The longest name, and shorter ones where there is no room for it.
const NAME_LENGTHS: [usize; 5] = [40, 30, 20, 12, 0];
/// The longest phone number.
const LONGEST_PHONE: usize = 20;
/// How many appointments a question names at most.
pub(super) const MOST_CHOICES: usize = 4;

impl Voice<'_> {
    /// Writes an answer.
    pub(super) fn write(&self, answer: &Answer<'_>) -> String {
        self.fitting(answer).unwrap_or_else(|| self.named(answer, 0))
    }

    /// How many of these appointments a question can name: as many as there is room for, at least one.
    pub(super) fn room_for(&self, reply: Reply, bookings: &[&Booking]) -> usize {
        let fits = |count: &usize| {
            bookings.get(..*count).is_some_and(|some| self.fitting(&Answer::Which(reply, some)).is_some())
        };
        (1..=bookings.len().min(MOST_CHOICES)).rev().find(fits).unwrap_or(1)
    }

    /// The answer with as much of the name as there is room for.
    fn fitting(&self, answer: &Answer<'_>) -> Option<String> {
        let fits = |text: &String| {
            let cost = cost(text);
            cost.alphabet == Alphabet::Gsm7 && cost.segments == 1
        };
        NAME_LENGTHS.iter().map(|most| self.named(answer, *most)).find(fits)
    }

    fn named(&self, answer: &Answer<'_>, most: usize) -> String {
        let name = self.name.as_deref().map(|name| short(name, most)).filter(|name| !name.is_empty());
        let text = if self.french { self.french(answer) } else { self.english(answer) };
        match name {
            Some(name) if self.french => format!("{name} : {text}"),
            Some(name) => format!("{name}: {text}"),
            None => capital(&text),
        }
    }

    fn french(&self, answer: &Answer<'_>) -> String {
        let when = |booking: &Booking| self.when(booking);
        match answer {
            Answer::Confirmed(booking) => format!("merci, votre rendez-vous du {} est confirmé.", when(booking)),
            Answer::ConfirmedBefore(booking) => {
                format!("merci, c'est noté. Votre rendez-vous du {} était déjà confirmé.", when(booking))
            }
            Answer::AskedToCancel(booking) => {
                format!("votre demande d'annulation du rendez-vous du {} est transmise.{}", when(booking), self.reach())
            }
            Answer::Which(reply, bookings) => format!("quel rendez-vous ? Répondez {}.", self.choices(*reply, bookings, "pour le", "ou")),
            Answer::What(Some(booking)) => format!(
                "nous n'avons pas compris. Rendez-vous du {} : répondez OUI pour confirmer, NON pour annuler.",
                when(booking)
            ),
            Answer::What(None) => {
                "nous n'avons pas compris. Répondez AIDE pour nous joindre, STOP pour ne plus recevoir de SMS.".to_owned()
            }
            Answer::Stopped => "c'est noté, vous ne recevrez plus de SMS. Pour en recevoir à nouveau : START.".to_owned(),
            Answer::Started => "c'est noté, vous recevrez à nouveau des SMS. Pour ne plus en recevoir : STOP.".to_owned(),
            Answer::Help => {
                format!("ce numéro envoie des SMS sur vos rendez-vous.{} Pour ne plus en recevoir : STOP.", self.reach())
            }
        }
    }

    fn english(&self, answer: &Answer<'_>) -> String {
        let when = |booking: &Booking| self.when(booking);
        match answer {
            Answer::Confirmed(booking) => {
                format!("thank you, your appointment on {} is confirmed.", when(booking))
            }
            Answer::ConfirmedBefore(booking) => {
                format!("thank you, noted. Your appointment on {} was confirmed already.", when(booking))
            }
            Answer::AskedToCancel(booking) => {
                format!(
                    "we passed on your wish to cancel the appointment on {}.{}",
                    when(booking),
                    self.reach()
                )
            }
            Answer::Which(reply, bookings) => {
                format!("which appointment? Reply {}.", self.choices(*reply, bookings, "for", "or"))
            }
            Answer::What(Some(booking)) => format!(
                "we did not understand. Appointment on {}: reply YES to confirm, NO to cancel.",
                when(booking)
            ),
            Answer::What(None) => {
                "we did not understand. Reply HELP to reach us, STOP for no more texts.".to_owned()
            }
            Answer::Stopped => {
                "noted, you will get no more texts. To get them again, reply START.".to_owned()
            }
            Answer::Started => "noted, you will get texts again. For no more of them, reply STOP.".to_owned(),
            Answer::Help => format!(
                "this number sends texts about your appointments.{} For no more of them, reply STOP.",
                self.reach()
            ),
        }
    }

    /// `OUI 1 pour le jeu. 03/12 à 14:30 ou OUI 2 pour le …`
    fn choices(&self, reply: Reply, bookings: &[&Booking], link: &str, or: &str) -> String {
        let word = match (reply, self.french) {
            (Reply::Yes, true) => "OUI",
            (Reply::Yes, false) => "YES",
            (Reply::No, true) => "NON",
            (Reply::No, false) => "NO",
        };
        let one = |(index, booking): (usize, &&Booking)| {
            format!("{word} {} {link} {}", index + 1, self.when(booking))
        };
        let mut all: Vec<String> = bookings.iter().enumerate().map(one).collect();
        match (all.pop(), all.is_empty()) {
            (Some(last), false) => format!("{} {or} {last}", all.join(", ")),
            (last, _) => last.unwrap_or_default(),
        }
    }

    fn when(&self, booking: &Booking) -> String {
        let at = booking.appointment.starts_at;
        let timezone = booking.appointment.timezone.unwrap_or(self.place);
        let moment = Moment { at, locale: &self.locale, timezone, reader_timezone: self.zone, now: self.now };
        let link = if self.french { "à" } else { "at" };
        match self.renderer.name_moment(&moment) {
            Some((date, time)) => plain(&format!("{date} {link} {time}")),
            None => at.with_timezone(&timezone).format("%Y-%m-%d %H:%M").to_string(),
        }
    }

    fn reach(&self) -> String {
        let phone = self.phone.as_deref().map(plain).filter(|phone| !phone.is_empty());
        match phone.filter(|phone| phone.chars().count() <= LONGEST_PHONE) {
            Some(phone) if self.french => format!(" Pour nous joindre : {phone}."),
            Some(phone) => format!(" To reach us: {phone}."),
            None => String::new(),
        }
    }
}

/// The first so many characters of a name, in GSM-7, ending with a whole word where there is one.
fn short(name: &str, most: usize) -> String {
    let plain = plain(name);
    if plain.chars().count() <= most {
        return plain;
    }
    let cut: String = plain.chars().take(most).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    whole.trim_end().to_owned()
}

/// A text with what GSM-7 does not have written otherwise, or left out.
fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    for one in compile(text, &SmsOptions::default()).offending.iter().rev() {
        plain.replace_range(one.bytes.clone(), one.substitute.unwrap_or_default());
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
#[path = "answers_tests.rs"]
mod tests;
