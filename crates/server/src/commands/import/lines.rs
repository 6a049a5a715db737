//! The lines of a file, one after the other: however long the file, no more than a line is held.

use std::io::{self, BufRead, Read};

/// The longest line, in bytes: as long as the body of a request may be.
const LONGEST: u64 = 1_048_576;

/// A line that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// From 1.
    pub(crate) number: u64,
    /// What is in it; `None` where it is too long.
    pub(crate) text: Option<Vec<u8>>,
}

/// Reads lines.
pub(crate) struct Lines<R> {
    reader: R,
    number: u64,
    /// How many bytes were read so far.
    pub(crate) consumed: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, number: 0, consumed: 0 }
    }

    /// The next line that is not empty; `None` at the end.
    pub(crate) fn read_next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut text = Vec::new();
            // Two bytes more than the line: its end may be CR LF.
            let read = self.reader.by_ref().take(LONGEST + 2).read_until(b'\n', &mut text)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            self.consumed += read as u64;
            let is_cut = text.last() != Some(&b'\n') && read as u64 == LONGEST + 2;
            if is_cut {
                self.consumed += skip_line(&mut self.reader)?;
                return Ok(Some(Line { number: self.number, text: None }));
            }
            let without_mark = if self.number == 1 { text.strip_prefix(b"\xef\xbb\xbf") } else { None };
            let trimmed = without_mark.unwrap_or(&text).trim_ascii();
            if !trimmed.is_empty() {
                return Ok(Some(Line { number: self.number, text: Some(trimmed.to_vec()) }));
            }
        }
    }
}

/// Passes over the rest of a line, and answers how long it was.
fn skip_line(reader: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(length);
        skipped += length as u64;
        if end.is_some() || length == 0 {
            return Ok(skipped);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(u64, Option<String>)> {
        let mut lines = Lines::new(text);
        let mut found = Vec::new();
        while let Some(line) = lines.read_next().expect("readable") {
            let text = line.text.map(|text| String::from_utf8(text).expect("UTF-8"));
            found.push((line.number, text));
        }
        assert_eq!(lines.consumed, text.len() as u64);
        found
    }

    #[test]
    fn lines_are_counted_and_empty_ones_passed_over() {
        let expected = [(1, Some("a".to_owned())), (4, Some("b c".to_owned())), (5, Some("d".to_owned()))];
        assert_eq!(read(b"\xef\xbb\xbfa\r\n\n  \n b c \nd"), expected);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn a_line_that_is_too_long_does_not_hide_the_next_one() {
        let longest = usize::try_from(LONGEST).expect("fits");
        let mut text = vec![b'x'; 3 * longest];
        text.extend_from_slice(b"\nnext\n");
        assert_eq!(read(&text), [(1, None), (2, Some("next".to_owned()))]);
        let just_fits = [vec![b'x'; longest], b"\r\n".to_vec()].concat();
        assert_eq!(read(&just_fits)[0].1.as_ref().map(String::len), Some(longest));
    }
}
