//! E-mail addresses and phone numbers: parsed once, masked wherever they are printed.

use std::borrow::Cow;
use std::fmt;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::country::Country;
use crate::{dialling, invisible};

/// Why a text is no address. The text itself is never part of the error: it is personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not `local@domain` as RFC 5321 has it, or over 254 characters.
    #[error("is not an e-mail address")]
    NotEmail,
    /// Not a number in international form that its country's numbering plan knows.
    #[error("is not a phone number of any country's numbering plan, such as +33612345678")]
    NotPhone,
}

/// An e-mail address. Prints masked; [`EmailAddress::expose`] gives the text to the one who sends.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads `local@domain`: at most 254 bytes (RFC 5321 §4.5.3.1), a local part of letters, digits and the signs of RFC 5322 §3.2.3, in any
    /// script (RFC 6531), a domain of letters, digits and hyphens with at least one dot. An international domain is kept as the ASCII
    /// that mail is routed by (IDNA), a local part in its composed form (RFC 6532 §3.1); blanks and invisible signs around the address,
    /// and `mailto:` before it, are left out.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = invisible::trim(text);
        let text = without_scheme(text, "mailto:");
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::NotEmail)?;
        let domain = ascii_domain(domain).ok_or(AddressError::NotEmail)?;
        let local: String = local.nfc().collect();
        let fits = local.len() + 1 + domain.len() <= 254 && (1..=64).contains(&local.len());
        let local_is_plain = local.chars().all(is_local)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        if fits && local_is_plain {
            Ok(Self(format!("{local}@{domain}")))
        } else {
            Err(AddressError::NotEmail)
        }
    }

    /// The address itself, for a provider or for its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether its local part is ASCII, as every provider takes it; another one needs SMTPUTF8 (RFC 6531) all the way.
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    /// The address itself for a reader: its domain in the letters that it stands for.
    pub fn expose_readable(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        format!("{local}@{}", readable_domain(domain))
    }

    /// Lower-cased, for comparing and for the blind index.
    pub fn normalised(&self) -> String {
        self.0.to_lowercase()
    }

    /// The part after the at sign.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***@{}", self.0.chars().next().unwrap_or_default(), readable_domain(self.domain()))
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({self})")
    }
}

/// A phone number in E.164 form. Prints masked; [`PhoneNumber::expose`] gives the digits to the one who sends.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number in international form and checks it against its country's numbering plan: `+33 6 12 34 56 78`, also as
    /// `0033…`, `tel:+33…` or `+33 (0)6…`, in digits of any script, and with invisible signs in it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let written = dialling::plain(text).ok_or(AddressError::NotPhone)?;
        Self::international(&written)
    }

    /// The same, and a number as it is dialled within a country: `06 12 34 56 78`.
    pub fn parse_in(text: &str, country: Option<Country>) -> Result<Self, AddressError> {
        let written = dialling::plain(text).ok_or(AddressError::NotPhone)?;
        Self::international(&written).or_else(|error| {
            let country = country.and_then(|country| country.as_str().parse().ok()).ok_or(error)?;
            Self::valid(Some(country), &written)
        })
    }

    fn international(written: &str) -> Result<Self, AddressError> {
        if !written.starts_with('+') {
            return Err(AddressError::NotPhone);
        }
        Self::valid(None, written).or_else(|error| {
            dialling::successor(written).ok_or(error).and_then(|number| Self::valid(None, &number))
        })
    }

    fn valid(country: Option<phonenumber::country::Id>, written: &str) -> Result<Self, AddressError> {
        let number = phonenumber::parse(country, written).map_err(|_| AddressError::NotPhone)?;
        if !number.is_valid() || number.extension().is_some() {
            return Err(AddressError::NotPhone);
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }

    /// A number that [`PhoneNumber::parse`] produced earlier, read back from our own store.
    pub fn from_stored(e164: String) -> Self {
        Self(e164)
    }

    /// The number itself in E.164 form, for a provider or for its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number as its country groups it, for somebody who reads it: `+33 6 12 34 56 78`.
    pub fn expose_grouped(&self) -> String {
        // A plan may forget a number that it knew when the number was stored.
        phonenumber::parse(None, &self.0).map_or_else(
            |_| self.0.clone(),
            |number| number.format().mode(phonenumber::Mode::International).to_string(),
        )
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, tail) = (&self.0[..3.min(self.0.len())], &self.0[self.0.len().saturating_sub(2)..]);
        write!(f, "{head}******{tail}")
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({self})")
    }
}

fn without_scheme<'a>(text: &'a str, scheme: &str) -> &'a str {
    match text.get(..scheme.len()) {
        Some(head) if head.eq_ignore_ascii_case(scheme) => &text[scheme.len()..],
        Some(_) | None => text,
    }
}

/// Whether a sign may stand in a local part.
fn is_local(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c),
        _ => !invisible::is_invisible(c) && (c.is_alphanumeric() || is_combining_mark(c)),
    }
}

/// A domain as people write it; as it is where its letters cannot be had back.
fn readable_domain(domain: &str) -> Cow<'_, str> {
    if !domain.to_ascii_lowercase().contains("xn--") {
        return Cow::Borrowed(domain);
    }
    let (readable, outcome) = idna::domain_to_unicode(domain);
    match outcome {
        Ok(()) => Cow::Owned(readable),
        Err(_) => Cow::Borrowed(domain),
    }
}

/// A domain as mail is routed by it; `None` for one that cannot be.
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii =
        if domain.is_ascii() { domain.to_owned() } else { idna::domain_to_ascii_strict(domain).ok()? };
    let is_plain = ascii.contains('.')
        && ascii.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        });
    is_plain.then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_understood_as_people_and_programs_write_it() {
        let table = [
            ("accueil@société.example", "accueil@xn--socit-esab.example"),
            ("accueil@SOCIÉTÉ.example", "accueil@xn--socit-esab.example"),
            ("a@müller.example", "a@xn--mller-kva.example"),
            ("a@例え.jp", "a@xn--r8jz45g.jp"),
            ("a@xn--socit-esab.example", "a@xn--socit-esab.example"),
            ("  camille@example.com\n", "camille@example.com"),
            ("\u{200b}camille@example.com\u{feff}", "camille@example.com"),
            ("\u{202a}camille@example.com\u{202c}", "camille@example.com"),
            ("mailto:camille@example.com", "camille@example.com"),
            ("Camille@Example.com", "Camille@Example.com"),
            ("zoé@exemple.fr", "zoé@exemple.fr"),
            ("zoe\u{301}@exemple.fr", "zoé@exemple.fr"),
            ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
            ("संपर्क@डाटामेल.भारत", "संपर्क@xn--c2bd4bq1db8d.xn--h2brj9c"),
            ("квіточка@пошта.укр", "квіточка@xn--80a1acn3a.xn--j1amh"),
            ("Dörte.Müller+salon@example.de", "Dörte.Müller+salon@example.de"),
        ];
        for (text, expected) in table {
            let read = EmailAddress::parse(text);
            assert_eq!(read.as_ref().map(EmailAddress::expose), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn an_address_is_shown_in_the_letters_it_was_written_in_and_masked_elsewhere() {
        let table = [
            ("用户@例子.广告", "用户@例子.广告", "用***@例子.广告", false),
            ("accueil@SOCIÉTÉ.example", "accueil@société.example", "a***@société.example", true),
            ("zoé@exemple.fr", "zoé@exemple.fr", "z***@exemple.fr", false),
            ("Camille@Example.com", "Camille@Example.com", "C***@Example.com", true),
        ];
        for (text, readable, masked, is_ascii) in table {
            let address = EmailAddress::parse(text).unwrap();
            assert_eq!(address.expose_readable(), readable);
            assert_eq!((address.to_string().as_str(), address.is_ascii()), (masked, is_ascii));
            assert_eq!(EmailAddress::parse(readable).map(|read| read.normalised()), Ok(address.normalised()));
        }
    }

    #[test]
    fn a_number_is_understood_as_people_and_programs_write_it() {
        let table = [
            ("+33 6 12 34 56 78", None, "+33612345678"),
            ("\u{202d}+33 6 12 34 56 78\u{202c}", None, "+33612345678"),
            ("\u{200e}+33612345678", None, "+33612345678"),
            ("\u{feff}+33612345678", None, "+33612345678"),
            ("+33\u{a0}6\u{202f}12\u{2009}34 56\u{200b}78", None, "+33612345678"),
            ("\u{2068}+33 6 12 34 56 78\u{2069}", None, "+33612345678"),
            ("+33 (0)6 12 34 56 78", None, "+33612345678"),
            ("+33‑6‑12‑34‑56‑78", None, "+33612345678"),
            ("+33.6.12.34.56.78", None, "+33612345678"),
            ("0033612345678", None, "+33612345678"),
            ("00 33 6 12 34 56 78", None, "+33612345678"),
            ("0033 (0)6 12 34 56 78", None, "+33612345678"),
            ("tel:+33612345678", None, "+33612345678"),
            ("TEL:+33-6-12-34-56-78", None, "+33612345678"),
            ("＋３３６１２３４５６７８", None, "+33612345678"),
            ("+٣٣٦١٢٣٤٥٦٧٨", None, "+33612345678"),
            ("06 12 34 56 78", Some("FR"), "+33612345678"),
            ("０６１２３４５６７８", Some("FR"), "+33612345678"),
            ("tel:0612345678", Some("FR"), "+33612345678"),
            ("07400 123456", Some("GB"), "+447400123456"),
            ("078 123 45 67", Some("CH"), "+41781234567"),
            ("(201) 555-0123", Some("US"), "+12015550123"),
            ("011 33 6 12 34 56 78", Some("US"), "+33612345678"),
            ("+41 78 123 45 67", Some("FR"), "+41781234567"),
        ];
        for (text, country, expected) in table {
            let read = PhoneNumber::parse_in(text, country.map(|country| country.parse().unwrap()));
            assert_eq!(read.as_ref().map(PhoneNumber::expose), Ok(expected), "{text:?}");
        }
        for text in ["06 12 34 56 78", "0612345678", "612345678"] {
            assert_eq!(PhoneNumber::parse_in(text, None), Err(AddressError::NotPhone), "{text}");
        }
        for text in ["06 12 34", "call me", "06 12 34 56 78 ext. 5", "12"] {
            let read = PhoneNumber::parse_in(text, Some("FR".parse().unwrap()));
            assert_eq!(read, Err(AddressError::NotPhone), "{text}");
        }
    }

    #[test]
    fn an_address_is_masked_wherever_it_is_printed() {
        let email = EmailAddress::parse("camille@example.com").unwrap();
        let phone = PhoneNumber::parse("+33 6 12 34 56 78").unwrap();
        assert_eq!(format!("{email} {email:?}"), "c***@example.com EmailAddress(c***@example.com)");
        assert_eq!(format!("{phone} {phone:?}"), "+33******78 PhoneNumber(+33******78)");
        assert_eq!((email.expose(), phone.expose()), ("camille@example.com", "+33612345678"));
    }

    #[test]
    fn a_number_that_is_read_has_its_groups_and_a_number_of_no_plan_stays_as_it_is() {
        for (stored, read) in [("+33612345678", "+33 6 12 34 56 78"), ("+1", "+1"), ("", "")] {
            assert_eq!(PhoneNumber::from_stored(stored.to_owned()).expose_grouped(), read);
        }
    }

    #[test]
    fn what_no_provider_would_take_is_refused() {
        for text in [
            "",
            "a",
            "@b.fr",
            "a@",
            "a@b",
            "a b@c.fr",
            "a@b.fr\r\nBcc: x@y.fr",
            "a,b@c.fr",
            "e\u{200b}e@x.fr",
            "a\u{202e}b@x.fr",
            "a＠b@x.fr",
            "a\u{a0}b@x.fr",
            "👍@x.fr",
            ".a@b.fr",
            "a@-b.fr",
            "a@b..fr",
        ] {
            assert_eq!(EmailAddress::parse(text), Err(AddressError::NotEmail), "{text:?}");
        }
        for text in [
            "",
            "0612345678",
            "+33",
            "+33 6",
            "+999123456789",
            "+33612345678;ext=5",
            "+33 6 12 34 56 78 99 00",
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(AddressError::NotPhone), "{text:?}");
        }
    }
}
