//! Phone numbers as people type, paste and dial them, and numbers whose plan has changed since they were noted.

use unicode_normalization::UnicodeNormalization as _;

use crate::invisible::is_invisible;

/// The longest text that can be a number.
const LONGEST: usize = 64;

/// A number in plain digits and marks, with `+` for any international form; `None` for a text that is none.
pub(crate) fn plain(text: &str) -> Option<String> {
    if text.chars().count() > LONGEST {
        return None;
    }
    let plain: String = text.nfkc().filter(|c| !is_invisible(*c)).map(in_ascii).collect();
    let mut plain = plain.trim();
    if plain.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("tel:")) {
        plain = plain[4..].trim_start();
    }
    let international = match plain.strip_prefix("00") {
        Some(rest) => format!("+{}", rest.trim_start()),
        None => plain.to_owned(),
    };
    // The zero in brackets is dialled within the country only.
    let is_international = international.starts_with('+');
    Some(if is_international { international.replacen("(0)", "", 1) } else { international })
}

/// Digits, blanks and dashes of every script as ASCII has them.
fn in_ascii(c: char) -> char {
    let digit = |first: char| char::from_digit(u32::from(c) - u32::from(first), 10).unwrap_or(c);
    match c {
        '\u{660}'..='\u{669}' => digit('\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit('\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit('\u{966}'),
        '\u{9e6}'..='\u{9ef}' => digit('\u{9e6}'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// The number that an international number of a former plan became, where there is exactly one. It is only asked for numbers that are not
/// valid today, and what it answers is checked again.
pub(crate) fn successor(written: &str) -> Option<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let after = |code: &str, length: usize| digits.strip_prefix(code).filter(|rest| rest.len() == length);
    // Mexico, 2019: mobile numbers lost the 1 that was dialled from abroad.
    if let Some(rest) = after("521", 10) {
        return Some(format!("+52{rest}"));
    }
    // Benin, 2024: every number has 01 before it.
    if let Some(rest) = after("229", 8) {
        return Some(format!("+22901{rest}"));
    }
    // Brazil, 2012 to 2016: mobile numbers have a 9 after the area.
    if let Some(rest) = after("55", 10) {
        let (area, number) = rest.split_at(2);
        return number.starts_with(['6', '7', '8', '9']).then(|| format!("+55{area}9{number}"));
    }
    if let Some(rest) = after("225", 8) {
        return ivory_coast(rest).map(|prefix| format!("+225{prefix}{rest}"));
    }
    after("84", 10).and_then(viet_nam)
}

/// Ivory Coast, 2021: two digits before each number, by its operator, which the second digit told.
fn ivory_coast(number: &str) -> Option<&'static str> {
    let mut digits = number.chars();
    match (digits.next()?, digits.next()?, digits.next()?) {
        ('2' | '3', _, '0') => Some("25"),
        ('2' | '3', _, '8') => Some("21"),
        ('2' | '3', ..) => Some("27"),
        (_, '7'..='9', _) => Some("07"),
        (_, '4'..='6', _) => Some("05"),
        (_, '0'..='3', _) => Some("01"),
        _ => None,
    }
}

/// Viet Nam, 2018: mobile numbers of eleven digits became ones of ten.
fn viet_nam(number: &str) -> Option<String> {
    const PREFIXES: [(&str, &str); 20] = [
        ("120", "70"),
        ("121", "79"),
        ("122", "77"),
        ("126", "76"),
        ("128", "78"),
        ("123", "83"),
        ("124", "84"),
        ("125", "85"),
        ("127", "81"),
        ("129", "82"),
        ("162", "32"),
        ("163", "33"),
        ("164", "34"),
        ("165", "35"),
        ("166", "36"),
        ("167", "37"),
        ("168", "38"),
        ("169", "39"),
        ("186", "56"),
        ("188", "58"),
    ];
    let (old, rest) = number.split_at_checked(3)?;
    let (_, new) = PREFIXES.iter().find(|(prefix, _)| *prefix == old)?;
    Some(format!("+84{new}{rest}"))
}

#[cfg(test)]
mod tests {
    use crate::address::PhoneNumber;

    #[test]
    fn a_number_of_a_former_plan_becomes_its_one_successor() {
        for (old, new) in [
            ("+229 97 12 34 56", "+2290197123456"),
            ("+52 1 55 1234 5678", "+525512345678"),
            ("+55 11 8765 4321", "+5511987654321"),
            ("+225 07 12 34 56", "+2250707123456"),
            ("+225 05 12 34 56", "+2250505123456"),
            ("+84 121 234 5678", "+84792345678"),
        ] {
            let read = PhoneNumber::parse(old);
            assert_eq!(read.as_ref().map(PhoneNumber::expose), Ok(new), "{old}");
        }
    }
}
