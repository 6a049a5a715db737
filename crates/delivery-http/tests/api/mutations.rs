//! A thousand requests that somebody got wrong.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::bodies::{cancellation, direct};
use crate::world::{World, request, with_body};

/// A small generator (splitmix64): the same requests in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap_or(0)
    }
}

/// The pointers of every value in a body.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                pointers(inner, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                pointers(inner, &format!("{at}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn odd_value(dice: &mut Dice) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("a\r\nBcc: x@example.com"),
        json!("\u{202e}drowssap"),
        json!("é".repeat(129)),
        json!("x".repeat(5_000)),
        json!("🌸"),
        json!("{{ debug() }}"),
        json!("' OR 1=1 --"),
        json!("2026-13-45T99:99:99Z"),
        json!("0000-01-01T00:00:00Z"),
        json!("9999-12-31T23:59:59+23:59"),
        json!("salon"),
        json!([]),
        json!({}),
        json!([[[[[[]]]]]]),
        json!({"id": {"id": {"id": 1}}}),
    ];
    odd[dice.roll(odd.len())].clone()
}

/// One change: a value replaced, taken out, added, or the text itself broken.
fn mutate(body: &Value, dice: &mut Dice) -> Vec<u8> {
    let mut body = body.clone();
    let mut places = Vec::new();
    pointers(&body, "", &mut places);
    let place = places[dice.roll(places.len())].clone();
    match dice.roll(4) {
        0 | 1 => *body.pointer_mut(&place).expect("a place") = odd_value(dice),
        2 => {
            let (parent, name) = place.rsplit_once('/').unwrap_or(("", ""));
            if let Some(Value::Object(map)) = body.pointer_mut(parent) {
                map.remove(name);
            }
        }
        _ => {
            if let Some(Value::Object(map)) = body.pointer_mut(&place) {
                map.insert(["extra", "a/b~c", "", "id"][dice.roll(4)].to_owned(), odd_value(dice));
            }
        }
    }
    let mut bytes = body.to_string().into_bytes();
    if dice.roll(5) == 0 {
        let place = dice.roll(bytes.len());
        match dice.roll(3) {
            0 => bytes.truncate(place),
            1 => bytes[place] = u8::try_from(dice.roll(256)).unwrap_or(0),
            _ => bytes.insert(place, b"\"{}[],:0\\"[dice.roll(9)]),
        }
    }
    bytes
}

#[actix_web::test]
async fn a_thousand_broken_requests_get_a_thousand_answers_and_no_5xx() {
    let world = World::new().await;
    let mut dice = Dice(20_261_201);
    let (mut refused, mut accepted) = (0, 0);
    for number in 0..1_000 {
        let (path, body) = if number % 2 == 0 {
            ("/v1/events", cancellation("salon", number))
        } else {
            ("/v1/notifications", direct("salon", number))
        };
        let bytes = mutate(&body, &mut dice);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]).into_owned();
        let reply = world.send(with_body(request(Method::POST, path, Some(&world.platform)), bytes)).await;
        if reply.status == 202 {
            accepted += 1;
            continue;
        }
        refused += 1;
        assert!([400, 422].contains(&reply.status), "{} {shown}: {}", reply.status, reply.text);
        reply.problem();
        assert!(!reply.json()["errors"].as_array().expect("errors").is_empty(), "{shown}: {}", reply.text);
    }
    assert!(refused > 500 && accepted > 50, "{refused} refused, {accepted} accepted");
}
