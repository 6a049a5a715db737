//! The filters of texts. Each finds language and zone in the scene of the text.

use carillon_domain::french;
use chrono::DateTime;
use chrono_tz::Tz;
use icu_decimal::input::Decimal;
use icu_plurals::PluralCategory;
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, State, Value, filters};

use crate::context::SCENE;
use crate::scene::Scene;

const NOT_TIME: &str = "this filter takes a time in RFC 3339";
const NOT_TEXT: &str = "this filter takes a text";
const NOT_CURRENCY: &str = "the currency is no code of ISO 4217, such as EUR";

/// Adds every filter that texts may use (`allow_list::FILTERS` has the same names).
pub(crate) fn add_to(environment: &mut Environment<'_>) {
    environment.add_filter("date", |state: &State, time: &Value| {
        at(state, time, |scene, time| scene.formats.date(time))
    });
    environment.add_filter("day", |state: &State, time: &Value| at(state, time, Scene::day));
    environment.add_filter("short_date", |state: &State, time: &Value| at(state, time, Scene::short_date));
    environment.add_filter("time", |state: &State, time: &Value| at(state, time, Scene::time));
    environment.add_filter("is_today", |state: &State, time: &Value| {
        with_scene(state, |scene| Ok(scene.is_today(&read(scene, time)?)))
    });
    environment.add_filter("is_in_an_hour", |state: &State, time: &Value| {
        with_scene(state, |scene| Ok(scene.is_in_an_hour(&read(scene, time)?)))
    });
    environment.add_filter("money", money);
    environment.add_filter("number", |state: &State, value: &Value| {
        with_scene(state, |scene| Ok(scene.formats.number(&decimal(value, 0, 2)?)))
    });
    environment.add_filter("percent", |state: &State, value: &Value| {
        with_scene(state, |scene| Ok(scene.formats.percent(&decimal(value, 2, 1)?)))
    });
    environment.add_filter("plural", plural);
    environment.add_filter("de", |name: &Value| text(name, NOT_TEXT).map(french::de));
    environment.add_filter("que", |name: &Value| text(name, NOT_TEXT).map(french::que));
    environment.add_filter("default", filters::default);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("title", filters::title);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("length", filters::length);
    environment.add_filter("join", filters::join);
    environment.add_filter("round", filters::round);
}

/// What a filter refuses. It names no value, so it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refusal(pub(crate) &'static str);

fn wrong(detail: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail).with_source(Refusal(detail))
}

fn present(value: &Value) -> Result<&Value, Error> {
    if value.is_undefined() {
        return Err(wrong("a filter was given a value that is absent"));
    }
    Ok(value)
}

fn text<'a>(value: &'a Value, refusal: &'static str) -> Result<&'a str, Error> {
    present(value)?.as_str().ok_or_else(|| wrong(refusal))
}

fn with_scene<R>(state: &State<'_, '_>, run: impl FnOnce(&Scene) -> Result<R, Error>) -> Result<R, Error> {
    let scene = state.lookup(SCENE);
    let scene = scene.as_ref().and_then(|scene| scene.downcast_object_ref::<Scene>());
    run(scene.ok_or_else(|| wrong("there is no language to format for"))?)
}

fn at(
    state: &State<'_, '_>,
    time: &Value,
    format: impl FnOnce(&Scene, &DateTime<Tz>) -> Option<String>,
) -> Result<String, Error> {
    with_scene(state, |scene| {
        format(scene, &read(scene, time)?).ok_or_else(|| wrong("this time is out of range"))
    })
}

fn read(scene: &Scene, time: &Value) -> Result<DateTime<Tz>, Error> {
    scene.read(text(time, NOT_TIME)?).ok_or_else(|| wrong(NOT_TIME))
}

fn money(state: &State<'_, '_>, minor_units: &Value, currency: &Value) -> Result<String, Error> {
    let minor_units = i64::try_from(present(minor_units)?.clone());
    let minor_units = minor_units.map_err(|_| wrong("money takes a whole number of minor units"))?;
    let currency = text(currency, NOT_CURRENCY)?;
    with_scene(state, |scene| scene.formats.money(minor_units, currency).ok_or_else(|| wrong(NOT_CURRENCY)))
}

/// `n|plural("word", "words")`; languages with more forms add `zero=`, `two=`, `few=` and `many=`.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands named arguments over by value only")]
fn plural(
    state: &State<'_, '_>,
    value: &Value,
    one: String,
    other: String,
    more: Kwargs,
) -> Result<String, Error> {
    let category = with_scene(state, |scene| Ok(scene.formats.plural(&decimal(value, 0, 2)?)))?;
    let named = |name: &str| more.get::<Option<String>>(name);
    let (zero, two, few, many) = (named("zero")?, named("two")?, named("few")?, named("many")?);
    more.assert_all_used()?;
    let special = match category {
        PluralCategory::Zero => zero,
        PluralCategory::One => Some(one),
        PluralCategory::Two => two,
        PluralCategory::Few => few,
        PluralCategory::Many => many,
        PluralCategory::Other => None,
    };
    Ok(special.unwrap_or(other))
}

/// A number times a power of ten, with at most so many digits after the point.
pub(crate) fn decimal(value: &Value, power: i16, digits: usize) -> Result<Decimal, Error> {
    let value = present(value)?;
    if let Ok(whole) = i64::try_from(value.clone()) {
        let mut decimal = Decimal::from(whole);
        decimal.multiply_pow10(power);
        return Ok(decimal);
    }
    let number = f64::try_from(value.clone()).map_err(|_| wrong("this filter takes a number"))?;
    let text = format!("{:.digits$}", number * 10_f64.powi(i32::from(power)));
    let mut decimal: Decimal = text.parse().map_err(|_| wrong("this filter takes a finite number"))?;
    decimal.absolute.trim_end();
    Ok(decimal)
}
