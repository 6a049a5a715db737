//! How a text message is billed: alphabet and segments (3GPP TS 23.038 and 23.040).

/// The basic character set of GSM-7, without its escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table: each costs two septets.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// The alphabet a text needs. The national tables of TS 23.038 §6.2.1.2 (Turkish, Portuguese …) are left out: providers do not use them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// 160 septets in one segment, 153 in each of several.
    Gsm7,
    /// 70 UTF-16 units in one segment, 67 in each of several.
    Ucs2,
}

/// What a text costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// The alphabet it needs.
    pub alphabet: Alphabet,
    /// Its length in that alphabet's units.
    pub units: usize,
    /// How many segments are billed.
    pub segments: usize,
}

/// Counts segments as carriers bill them: a character of two units is never split over two segments.
pub fn cost(text: &str) -> Cost {
    let in_gsm7: Option<Vec<usize>> = text.chars().map(septets).collect();
    let (alphabet, sizes, single, each) = match in_gsm7 {
        Some(sizes) => (Alphabet::Gsm7, sizes, 160, 153),
        None => (Alphabet::Ucs2, text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    let units = sizes.iter().sum();
    let segments = if units <= single { 1 } else { fill(&sizes, each) };
    Cost { alphabet, units, segments }
}

/// How many septets a character takes in GSM-7, if GSM-7 has it.
pub(super) fn septets(character: char) -> Option<usize> {
    match character {
        // What nearly every text is made of needs no search.
        ' '..='Z' | 'a'..='z' => Some(1),
        _ if BASIC.contains(character) => Some(1),
        _ => EXTENDED.contains(character).then_some(2),
    }
}

/// The same character as a text that lives on, if GSM-7 has it.
pub(super) fn in_gsm7(character: char) -> Option<&'static str> {
    [BASIC, EXTENDED].into_iter().find_map(|table| {
        let at = table.find(character)?;
        table.get(at..at + character.len_utf8())
    })
}

fn fill(sizes: &[usize], each: usize) -> usize {
    let mut segments = 1;
    let mut used = 0;
    for size in sizes {
        if used + size > each {
            segments += 1;
            used = 0;
        }
        used += size;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_counted_as_carriers_bill_them() {
        let table = [
            ("", Alphabet::Gsm7, 1),
            ("é à ù è", Alphabet::Gsm7, 1),
            ("ê", Alphabet::Ucs2, 1),
            (&"a".repeat(160), Alphabet::Gsm7, 1),
            (&"a".repeat(161), Alphabet::Gsm7, 2),
            (&"a".repeat(306), Alphabet::Gsm7, 2),
            (&"a".repeat(307), Alphabet::Gsm7, 3),
            (&"€".repeat(80), Alphabet::Gsm7, 1),
            (&"€".repeat(153), Alphabet::Gsm7, 3),
            // The escape of the last one would stand alone at the end of the first segment.
            (&format!("{}€{}", "a".repeat(152), "a".repeat(151)), Alphabet::Gsm7, 2),
            (&format!("{}€{}", "a".repeat(152), "a".repeat(152)), Alphabet::Gsm7, 3),
            (&"ê".repeat(70), Alphabet::Ucs2, 1),
            (&"ê".repeat(71), Alphabet::Ucs2, 2),
            (&"😀".repeat(35), Alphabet::Ucs2, 1),
            (&"😀".repeat(67), Alphabet::Ucs2, 3),
        ];
        for (text, alphabet, segments) in table {
            let cost = cost(text);
            assert_eq!((cost.alphabet, cost.segments), (alphabet, segments), "{text}");
        }
    }

    #[test]
    fn the_tables_have_the_127_and_10_characters_of_the_standard() {
        assert_eq!((BASIC.chars().count(), EXTENDED.chars().count()), (127, 10));
        for character in BASIC.chars().chain(EXTENDED.chars()) {
            assert_eq!(in_gsm7(character), Some(character.encode_utf8(&mut [0; 4]) as &str));
        }
        assert_eq!(in_gsm7('ç'), None);
        for character in (0..=0xff).filter_map(char::from_u32) {
            let searched =
                if BASIC.contains(character) { Some(1) } else { EXTENDED.contains(character).then_some(2) };
            assert_eq!(septets(character), searched, "{character:?}");
        }
    }
}
