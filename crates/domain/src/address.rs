//! E-mail addresses and phone numbers: parsed once, masked wherever they are printed.

use std::fmt;

/// Why a text is no address. The text itself is never part of the error: it is personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not `local@domain` as RFC 5321 has it, or over 254 characters.
    #[error("is not an e-mail address")]
    NotEmail,
    /// Not a number in international form that its country's numbering plan knows.
    #[error("is not a phone number in international form, such as +33612345678")]
    NotPhone,
}

/// An e-mail address. Prints masked; [`EmailAddress::expose`] gives the text to the one who sends.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads `local@domain`: at most 254 characters (RFC 5321 §4.5.3.1), printable ASCII, a domain of letters, digits and hyphens
    /// with at least one dot.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::NotEmail)?;
        let fits = text.len() <= 254 && (1..=64).contains(&local.len());
        let local_is_plain =
            local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
                && !local.starts_with('.')
                && !local.ends_with('.')
                && !local.contains("..");
        let domain_is_plain = domain.contains('.')
            && domain.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            });
        if fits && local_is_plain && domain_is_plain {
            Ok(Self(text.to_owned()))
        } else {
            Err(AddressError::NotEmail)
        }
    }

    /// The address itself, for a provider or for its owner.
    pub fn expose(&self) -> &str {
        &self.0
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
        write!(f, "{}***@{}", &self.0[..1], self.domain())
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
    /// Reads a number in international form (`+33 6 12 34 56 78`) and checks it against its country's numbering plan.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.len() > 32 || !text.trim_start().starts_with('+') {
            return Err(AddressError::NotPhone);
        }
        let number = phonenumber::parse(None, text).map_err(|_| AddressError::NotPhone)?;
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

#[cfg(test)]
mod tests {
    use super::*;

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
            "é@x.fr",
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
