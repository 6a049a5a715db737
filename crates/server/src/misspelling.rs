//! Finds environment variables that are probably a setting spelt wrong.

const PREFIX: &str = "CARILLON_";

/// How alike two names must be, without the prefix that all share: one wrong letter in four.
const ALIKE: f64 = 0.75;

/// Variables of the scripts and tests beside the service, which are no settings.
const OF_SCRIPTS: [&str; 1] = ["CARILLON_BIN"];

/// The given names that are no setting but resemble one, each with that setting.
pub(crate) fn among(given: impl Iterator<Item = String>, known: &[String]) -> Vec<(String, String)> {
    let unknown = given.filter(|name| {
        name.starts_with(PREFIX) && !known.contains(name) && !OF_SCRIPTS.contains(&name.as_str())
    });
    let mut found: Vec<(String, String)> =
        unknown.filter_map(|name| nearest(&name, known).map(|meant| (name, meant))).collect();
    found.sort();
    found
}

fn nearest(name: &str, known: &[String]) -> Option<String> {
    let rest = name.strip_prefix(PREFIX)?;
    known
        .iter()
        .filter_map(|known| {
            let likeness = strsim::normalized_damerau_levenshtein(rest, known.strip_prefix(PREFIX)?);
            (likeness >= ALIKE).then_some((likeness, known))
        })
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, known)| known.clone())
}

#[cfg(test)]
mod tests {
    use super::among;

    #[test]
    fn a_misspelt_setting_is_named_with_the_one_that_was_meant() {
        let known = ["CARILLON_BIND", "CARILLON_PUBLIC_URL", "DATABASE_URL"].map(str::to_owned);
        let given =
            ["CARILLON_PUBLC_URL", "CARILLON_BNID", "CARILLON_BIND", "CARILLON_BIN", "CARILLON_TOKEN"];
        let found = among(given.into_iter().map(str::to_owned), &known);
        let expected = [("CARILLON_BNID", "CARILLON_BIND"), ("CARILLON_PUBLC_URL", "CARILLON_PUBLIC_URL")];
        assert_eq!(found, expected.map(|(name, meant)| (name.to_owned(), meant.to_owned())));
    }
}
