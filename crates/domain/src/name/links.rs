//! Texts that mail programs would make links of.

/// Whether a word looks like a web or mail address to a mail program.
pub fn is_address_like(word: &str) -> bool {
    word.contains('@') || word.contains("://") || points(word).next().is_some()
}

/// The places of points with a name of two letters or more behind and something before: `evil.example/win`, and not `J.P.` or `10.30`.
fn points(word: &str) -> impl Iterator<Item = usize> {
    word.match_indices(['.', '。', '．', '｡']).filter_map(|(at, point)| {
        let before = word[..at].chars().next_back()?;
        let behind = &word[at + point.len()..];
        let letters = behind.chars().take_while(|c| c.is_alphanumeric() || *c == '-').count();
        let starts_with_letter = behind.chars().next().is_some_and(char::is_alphabetic);
        (before.is_alphanumeric() && starts_with_letter && letters >= 2).then_some(at + point.len())
    })
}

/// A name that no mail program takes for a link: what looks like an address is parted by blanks, which a reader hardly sees.
pub fn unlinked(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for (index, word) in name.split(' ').enumerate() {
        if index > 0 {
            text.push(' ');
        }
        if is_address_like(word) { text.push_str(&parted(word)) } else { text.push_str(word) }
    }
    text
}

fn parted(word: &str) -> String {
    let mut cuts: Vec<usize> = points(word).collect();
    cuts.extend(word.match_indices("://").map(|(at, _)| at + 1));
    cuts.sort_unstable();
    let mut text = String::with_capacity(word.len() + cuts.len());
    let mut from = 0;
    for cut in cuts {
        text.push_str(&word[from..cut]);
        text.push(' ');
        from = cut;
    }
    text.push_str(&word[from..]);
    text
}
