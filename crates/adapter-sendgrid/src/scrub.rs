//! A receiving server's words without what is personal in them.

/// The most that is kept of them.
const LONGEST: usize = 200;

/// Leaves out every word that could name a person or lead to one: with an at sign, a part of the address, a link, an IP address, a
/// long number. Answers at most 200 characters.
pub(crate) fn scrub(text: &str, email: &str) -> String {
    let (local, _) = email.rsplit_once('@').unwrap_or((email, ""));
    let local = local.to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| if is_personal(word, &local) { "…" } else { word })
        .collect();
    words.join(" ").chars().take(LONGEST).collect()
}

fn is_personal(word: &str, local: &str) -> bool {
    let lower = word.to_lowercase();
    let names_person = local.len() > 2 && lower.contains(local);
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let dots = word.matches('.').count();
    // Three dots between numbers are an IPv4 address; an enhanced status (5.1.1) has two.
    let is_ip = (dots >= 3 && digits > 3) || word.matches(':').count() > 2;
    names_person
        || is_ip
        || digits > 6
        || word.contains('@')
        || lower.contains("://")
        || lower.contains("%40")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_stay_and_people_do_not() {
        let table = [
            (
                "550 5.1.1 <camille.laurent@example.com>: Recipient address rejected: User unknown",
                "550 5.1.1 … Recipient address rejected: User unknown",
            ),
            ("550 No such user Camille.Laurent here", "550 No such user … here"),
            (
                "452 4.2.2 see https://support.example.com/?p=1 203.0.113.7 [2001:db8::1] 33612345678",
                "452 4.2.2 see … … … …",
            ),
            ("camille.laurent%40example.com\r\n5.7.1\u{0}x", "… 5.7.1 x"),
            ("Bounced Address", "Bounced Address"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(scrub(text, "camille.laurent@example.com"), expected);
        }
        assert_eq!(scrub(&"ab ".repeat(500), "").chars().count(), 200);
    }
}
