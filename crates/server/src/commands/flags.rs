//! Refusals in the words of the command line: flags in place of the places in a request's body.

use carillon_application::Refusal;

/// The flags of a command: each with the place in a request's body that it fills.
pub(crate) type Flags = [(&'static str, &'static str)];

/// A refusal as a message, a line for each thing to change, that begins with the flag to change.
pub(crate) fn explain(refusal: Refusal, flags: &Flags) -> anyhow::Error {
    let Refusal::Input { problems, .. } = &refusal else { return super::explain(refusal) };
    let lines = problems.iter().map(|problem| line(&problem.pointer, &problem.detail, flags));
    anyhow::anyhow!(lines.collect::<Vec<_>>().join("\n"))
}

fn line(pointer: &str, detail: &str, flags: &Flags) -> String {
    let detail = detail.replace("GET /v1/kinds", "`carillon kinds`");
    for (place, flag) in flags {
        match pointer.strip_prefix(place) {
            Some("") => return format!("{flag}: {detail}"),
            Some(rest) if rest.starts_with('/') => return format!("{flag} {rest}: {detail}"),
            Some(_) | None => {}
        }
    }
    format!("{pointer}: {detail}")
}

#[cfg(test)]
mod tests {
    use carillon_application::{Problem, Refusal};

    use super::explain;

    #[test]
    fn a_refusal_speaks_of_flags() {
        let problems = vec![
            Problem::at("/recipient_id".to_owned(), "is not known"),
            Problem::at("/data/amount".to_owned(), "is required"),
            Problem::at("/database".to_owned(), "is another name"),
        ];
        let refusal = Refusal::Input { code: "invalid_data", problems };
        let error = explain(refusal, &[("/recipient_id", "--to"), ("/data", "--data")]);
        let expected = "--to: is not known\n--data /amount: is required\n/database: is another name";
        assert_eq!(error.to_string(), expected);
    }
}
