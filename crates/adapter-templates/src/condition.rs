//! `when` expressions over an event's data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use carillon_domain::Value;
use chrono::{DateTime, Utc};
use minijinja::{Environment, Error, ErrorKind, Expression, State, UndefinedBehavior};

use crate::context;
use crate::schema::Schema;

/// What the functions of an expression are given besides the data. No data can have this name: it is no identifier of JSON Schema's.
const NOW: &str = " now";
const FUNCTIONS: [&str; 1] = ["hours_until"];
/// What an expression may cost: thousands of times what ours do.
const FUEL: u64 = 10_000;

/// Shared by all conditions, so that a compiled one can be kept as long as the process lives.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_function("hours_until", hours_until);
    environment
});

/// A compiled expression.
pub(crate) struct Compiled {
    expression: Expression<'static, 'static>,
    names: Vec<String>,
}

impl Compiled {
    /// Compiles an expression whose names are all in the schema.
    pub(crate) fn new(source: &str, schema: &Schema) -> Result<Self, String> {
        let expression = ENVIRONMENT
            .compile_expression_owned(source.to_owned())
            .map_err(|error| error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))?;
        let mut names: Vec<String> = expression.undeclared_variables(true).into_iter().collect();
        names.retain(|name| !FUNCTIONS.contains(&name.as_str()));
        names.sort();
        match names.iter().find(|name| !schema.knows(name)) {
            Some(name) => Err(format!("`{name}` is not in the schema of this kind")),
            None => Ok(Self { expression, names }),
        }
    }

    /// Whether it holds. A name that is absent makes it false: comparing with nothing would be true as often as not.
    pub(crate) fn holds(&self, data: &Value, now: DateTime<Utc>) -> bool {
        let all_there = self.names.iter().all(|name| !matches!(data.at(name), None | Some(Value::Null)));
        all_there && self.expression.eval(root(data, now)).is_ok_and(|value| value.is_true())
    }
}

fn root(data: &Value, now: DateTime<Utc>) -> minijinja::Value {
    let mut names: BTreeMap<String, minijinja::Value> = context::names_of(data, None);
    names.insert(NOW.to_owned(), now.timestamp_millis().into());
    names.into()
}

/// How many hours from now a time is; negative when it is past.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a few centuries fit a float exactly")]
fn hours_until(state: &State<'_, '_>, time: &str) -> Result<f64, Error> {
    let wrong = |detail: &'static str| Error::new(ErrorKind::InvalidOperation, detail);
    let now =
        state.lookup(NOW).and_then(|now| now.as_i64()).ok_or_else(|| wrong("there is no present time"))?;
    let time =
        DateTime::parse_from_rfc3339(time).map_err(|_| wrong("hours_until takes a time in RFC 3339"))?;
    Ok((time.timestamp_millis() - now) as f64 / 3_600_000.0)
}
