//! Plain text: a subject, an SMS, an item of the inbox, the text part of an e-mail.

use carillon_domain::own_text::TextPart;

use crate::own::limits::LARGEST_OUTPUT;
use crate::own::walk::Page;

/// A page of plain text.
pub(crate) struct PlainPage<'a> {
    text: String,
    /// What stands between the label and the address of a link, with blanks as the language sets them.
    colon: &'a str,
    is_full: bool,
}

impl<'a> PlainPage<'a> {
    /// An empty page.
    pub(crate) const fn new(colon: &'a str) -> Self {
        Self { text: String::new(), colon, is_full: false }
    }

    /// What was written.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// Writes a value if it still fits beside all that a business can have written.
    fn push(&mut self, parts: &[&str]) {
        let bytes: usize = parts.iter().map(|part| part.len()).sum();
        self.is_full |= self.text.len() + bytes > LARGEST_OUTPUT - TextPart::Body.longest();
        if !self.is_full {
            self.text.extend(parts.iter().copied());
        }
    }
}

impl Page for PlainPage<'_> {
    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn value(&mut self, value: &str) {
        self.push(&[value]);
    }

    fn is_full(&self) -> bool {
        self.is_full
    }

    fn open_bold(&mut self) {}

    fn close_bold(&mut self) {}

    /// At the beginning of a line as `label: address`, within a sentence as `label (address)`.
    fn link(&mut self, label: &str, address: Option<&str>) {
        let is_first = self.text.is_empty() || self.text.ends_with('\n');
        self.value(label);
        let Some(address) = address else { return };
        let address =
            ["mailto:", "tel:"].iter().find_map(|scheme| address.strip_prefix(scheme)).unwrap_or(address);
        let (before, after) = if is_first { (self.colon, "") } else { (" (", ")") };
        self.push(&[before, address, after]);
    }
}
