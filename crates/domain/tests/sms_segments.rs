//! Segments as two libraries count them that others wrote; `sms_segments.py` says which, and how the numbers were made.

use carillon_domain::sms::{Alphabet, cost};

const WORDS: &str = include_str!("sms_segments_words.json");
const COUNTED: &str = include_str!("sms_segments.tsv");

/// Knuth's linear congruential generator (MMIX), as in the script.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

fn text(numbers: &mut Numbers, lists: &[Vec<String>]) -> String {
    let mut list = || {
        let among = numbers.one_of(&[4, lists.len()]);
        &lists[numbers.below(among)]
    };
    let (main, spice) = (list(), list());
    let one_in = numbers.one_of(&[1_000_000, 30, 8, 2]);
    let separator = numbers.one_of(&[" ", "", ", ", "\n"]);
    let words = 1 + numbers.below(90);
    let chosen: Vec<&str> = (0..words)
        .map(|_| {
            let words = if numbers.below(one_in) == 0 { spice } else { main };
            words[numbers.below(words.len())].as_str()
        })
        .collect();
    chosen.join(separator)
}

/// CRC-32 as zlib has it.
fn checksum(text: &str) -> u32 {
    !text.bytes().fold(u32::MAX, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(byte),
            |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 },
        )
    })
}

/// What phones draw as one of several characters: one of the libraries keeps these together, which no specification says.
fn has_clusters(text: &str) -> bool {
    text.contains(['\u{200d}', '\u{fe0f}', '\u{1f3fd}', '🇫', '\u{301}', '\u{302}', '\u{323}', 'ि', '्'])
}

#[test]
fn ten_thousand_texts_cost_what_independent_libraries_count() {
    let lists: Vec<Vec<String>> = serde_json::from_str(WORDS).unwrap();
    let mut numbers = Numbers(20_261_203);
    let (mut rows, mut in_gsm7, mut differing) = (0, 0, 0);
    for line in COUNTED.lines() {
        let text = text(&mut numbers, &lists);
        let columns: Vec<&str> = line.split('\t').collect();
        assert_eq!(format!("{:08x}", checksum(&text)), columns[0], "the generator differs from the script's");
        let cost = cost(&text);
        let alphabet = match cost.alphabet {
            Alphabet::Gsm7 => "G",
            Alphabet::Ucs2 => "U",
        };
        assert_eq!(
            format!("{alphabet}\t{}\t{}", cost.units, cost.segments),
            columns[1..4].join("\t"),
            "{text:?}"
        );
        assert!(columns.len() == 4 || has_clusters(&text), "the libraries differ on {text:?}");
        rows += 1;
        in_gsm7 += usize::from(alphabet == "G");
        differing += columns.len() - 4;
    }
    assert_eq!((rows, in_gsm7, differing), (10_000, 5_631, 15));
}
