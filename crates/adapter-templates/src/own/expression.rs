//! What stands within curly brackets: a name with filters, or a condition. There is nothing else to say, so this is a parser of a
//! hundred lines instead of a template language that would have to be taken apart again.

use carillon_domain::own_text::ProblemCode as Code;

use crate::own::limits::{DEEPEST, MOST_FILTERS};
use crate::own::tokens::{Token, Tokens};
use crate::own::tree::{Condition, Currency, Fault, Filter, Literal, Name, PlacedFilter, Print};

/// Filters of own texts; the names are those of the built-in texts.
pub(crate) const FILTERS: [&str; 14] = [
    "date",
    "day",
    "short_date",
    "time",
    "money",
    "number",
    "percent",
    "plural",
    "upper",
    "lower",
    "title",
    "de",
    "que",
    "default",
];

/// Reads the inside of `{{ … }}`.
pub(crate) fn print(tokens: &mut Tokens<'_>) -> Result<Print, Fault> {
    let name = name(tokens, "a placeholder begins with a name, such as {{ recipient.first_name }}")?;
    let mut filters = Vec::new();
    while tokens.skip(Token::Mark('|')) {
        let place = tokens.place();
        if filters.len() == MOST_FILTERS {
            return Err(tokens.fault(Code::TooMuch, format!("at most {MOST_FILTERS} filters")));
        }
        filters.push(PlacedFilter { filter: filter(tokens)?, place });
    }
    tokens.end("a placeholder is a name with filters: {{ name|filter }}")?;
    Ok(Print { name, filters })
}

/// Reads a condition up to the end.
pub(crate) fn condition(tokens: &mut Tokens<'_>) -> Result<Condition, Fault> {
    let condition = any(tokens, 0)?;
    tokens.end("a condition has names, `and`, `or`, `not`, and `==` with a value as written")?;
    Ok(condition)
}

fn any(tokens: &mut Tokens<'_>, depth: usize) -> Result<Condition, Fault> {
    let mut ways = vec![all(tokens, depth)?];
    while tokens.skip(Token::Name("or")) {
        ways.push(all(tokens, depth)?);
    }
    Ok(single(ways).unwrap_or_else(Condition::Any))
}

fn all(tokens: &mut Tokens<'_>, depth: usize) -> Result<Condition, Fault> {
    let mut needs = vec![one(tokens, depth)?];
    while tokens.skip(Token::Name("and")) {
        needs.push(one(tokens, depth)?);
    }
    Ok(single(needs).unwrap_or_else(Condition::All))
}

fn single(mut conditions: Vec<Condition>) -> Result<Condition, Vec<Condition>> {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => Ok(only),
        last => {
            conditions.extend(last);
            Err(conditions)
        }
    }
}

fn one(tokens: &mut Tokens<'_>, depth: usize) -> Result<Condition, Fault> {
    if depth > DEEPEST {
        return Err(tokens.fault(Code::TooMuch, format!("conditions nest at most {DEEPEST} deep")));
    }
    if tokens.skip(Token::Name("not")) {
        return Ok(Condition::Not(Box::new(one(tokens, depth + 1)?)));
    }
    if tokens.skip(Token::Mark('(')) {
        let inner = any(tokens, depth + 1)?;
        tokens.expect(Token::Mark(')'))?;
        return Ok(inner);
    }
    let name = name(tokens, "a condition begins with a name, such as {% if practitioner %}")?;
    if !tokens.skip(Token::Equals) {
        return Ok(Condition::Given(name));
    }
    let literal = match tokens.next() {
        Some(Token::Text(text)) => Literal::Text(text.to_owned()),
        Some(Token::Whole(number)) => Literal::Whole(number),
        Some(Token::Name("true")) => Literal::Flag(true),
        Some(Token::Name("false")) => Literal::Flag(false),
        Some(Token::Name(_) | Token::Mark(_) | Token::Equals) | None => {
            let detail = "`==` compares with a value as written: \"confirmed\", 2, true or false";
            return Err(tokens.fault_before(Code::NotAllowed, detail));
        }
    };
    Ok(Condition::Equals(name, literal))
}

fn name(tokens: &mut Tokens<'_>, otherwise: &str) -> Result<Name, Fault> {
    const KEYWORDS: [&str; 9] = ["and", "or", "not", "in", "is", "if", "else", "true", "false"];
    let place = tokens.place();
    match tokens.next() {
        Some(Token::Name(path)) if !KEYWORDS.contains(&path) => Ok(Name { path: path.to_owned(), place }),
        Some(Token::Text(_) | Token::Whole(_)) => {
            Err(tokens.fault_before(Code::NotAllowed, format!("{otherwise}; a text as such stands outside")))
        }
        Some(Token::Name(_) | Token::Mark(_) | Token::Equals) | None => {
            Err(tokens.fault_before(Code::Syntax, otherwise))
        }
    }
}

fn filter(tokens: &mut Tokens<'_>) -> Result<Filter, Fault> {
    let Some(Token::Name(name)) = tokens.next() else {
        return Err(tokens.fault_before(Code::Syntax, "the name of a filter stands after `|`"));
    };
    let filter = match name {
        "date" => Filter::Date,
        "day" => Filter::Day,
        "short_date" => Filter::ShortDate,
        "time" => Filter::Time,
        "number" => Filter::Number,
        "percent" => Filter::Percent,
        "upper" => Filter::Upper,
        "lower" => Filter::Lower,
        "title" => Filter::Title,
        "de" => Filter::De,
        "que" => Filter::Que,
        "money" => {
            bracketed(tokens, |tokens| match tokens.next() {
                Some(Token::Text(code)) => Ok(Filter::Money(Currency::Fixed(code.to_owned()))),
                Some(Token::Name(path)) => {
                    let place = tokens.place_before();
                    Ok(Filter::Money(Currency::Of(Name { path: path.to_owned(), place })))
                }
                Some(Token::Whole(_) | Token::Mark(_) | Token::Equals) | None => Err(tokens
                    .fault_before(Code::Syntax, "`money` is given the currency: money(payment.currency)")),
            })?
        }
        "default" => bracketed(tokens, |tokens| Ok(Filter::Default(text(tokens)?)))?,
        "plural" => bracketed(tokens, |tokens| {
            let one = text(tokens)?;
            tokens.expect(Token::Mark(','))?;
            Ok(Filter::Plural { one, other: text(tokens)? })
        })?,
        unknown => {
            let detail = format!("there is no filter `{unknown}`; own texts have: {}", FILTERS.join(", "));
            return Err(tokens.fault_before(Code::UnknownFilter, detail));
        }
    };
    Ok(filter)
}

fn bracketed(
    tokens: &mut Tokens<'_>,
    inside: impl FnOnce(&mut Tokens<'_>) -> Result<Filter, Fault>,
) -> Result<Filter, Fault> {
    tokens.expect(Token::Mark('('))?;
    let filter = inside(tokens)?;
    tokens.expect(Token::Mark(')'))?;
    Ok(filter)
}

fn text(tokens: &mut Tokens<'_>) -> Result<String, Fault> {
    match tokens.next() {
        Some(Token::Text(text)) => Ok(text.to_owned()),
        Some(Token::Name(_) | Token::Whole(_) | Token::Mark(_) | Token::Equals) | None => {
            Err(tokens.fault_before(Code::Syntax, "this filter is given texts in quotes"))
        }
    }
}
