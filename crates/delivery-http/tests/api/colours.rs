//! The colours of our pages can be told apart by everybody (WCAG 2.2: 1.4.3 for text, 1.4.11 for the edges of controls).

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../templates/page.css");
/// What stands on what, and how much they must differ.
const PAIRS: [(&str, &str, f64); 16] = [
    ("ink", "page", 4.5),
    ("ink", "sheet", 4.5),
    ("soft", "page", 4.5),
    ("soft", "sheet", 4.5),
    ("link", "page", 4.5),
    ("link", "sheet", 4.5),
    ("button-ink", "button", 4.5),
    ("button-ink", "over", 4.5),
    ("saved-ink", "saved", 4.5),
    ("alert-ink", "alert", 4.5),
    ("edge", "sheet", 3.0),
    ("edge", "page", 3.0),
    ("button", "sheet", 3.0),
    ("button", "page", 3.0),
    ("over", "page", 3.0),
    ("link", "alert", 3.0),
];

/// The colours of a block of custom properties.
fn colours(block: &str) -> BTreeMap<&str, [u8; 3]> {
    let declarations = block.split(';').filter_map(|one| one.trim().strip_prefix("--")?.split_once(": #"));
    declarations
        .map(|(name, digits)| {
            let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
            (name, [part(0), part(2), part(4)])
        })
        .collect()
}

/// The light scheme, then the dark one.
fn schemes() -> Vec<BTreeMap<&'static str, [u8; 3]>> {
    let blocks = STYLE.split(":root {").skip(1).map(|rest| rest.split('}').next().unwrap_or_default());
    blocks
        .map(|block| colours(block.split_once("--").map_or(block, |(before, _)| &block[before.len()..])))
        .collect()
}

/// Relative luminance (WCAG 2.2).
fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_and_edge_stands_out_in_both_schemes() {
    assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 0.01, "the measure is right");
    assert!((contrast([0x77; 3], [255, 255, 255]) - 4.48).abs() < 0.01, "the measure is right");
    let schemes = schemes();
    assert_eq!(schemes.len(), 2);
    for (number, scheme) in schemes.iter().enumerate() {
        for (front, back, least) in PAIRS {
            let found = contrast(scheme[front], scheme[back]);
            assert!(found >= least, "scheme {number}: {front} on {back} is {found:.2}, not {least}");
        }
    }
}

#[test]
fn no_colour_goes_past_the_schemes() {
    let rules = STYLE.lines().filter(|line| !line.contains(":root"));
    for line in rules {
        assert!(!line.contains('#'), "a colour of its own: {line}");
    }
}
