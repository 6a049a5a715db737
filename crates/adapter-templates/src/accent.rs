//! The one colour that a business chooses, and a text colour that can be read on it.

/// A warm deep teal.
const DEFAULT: &str = "#0f5e5a";
const LIGHT: &str = "#ffffff";
const DARK: &str = "#1d2624";

/// A colour and what is written on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accent {
    /// `#rrggbb`.
    pub(crate) color: String,
    /// White or nearly black, whichever reads better.
    pub(crate) text: &'static str,
}

impl Accent {
    /// The accent for a business's choice; anything but `#rrggbb` counts as none, since it stands in styles.
    pub(crate) fn of(choice: Option<&str>) -> Self {
        let (color, luminance) = choice
            .and_then(|text| Some((text.to_owned(), luminance(text)?)))
            .unwrap_or_else(|| (DEFAULT.to_owned(), luminance(DEFAULT).unwrap_or_default()));
        let on_light = 1.05 / (luminance + 0.05);
        let on_dark = (luminance + 0.05) / (self::luminance(DARK).unwrap_or_default() + 0.05);
        Self { color, text: if on_light >= on_dark { LIGHT } else { DARK } }
    }
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(color: &str) -> Option<f64> {
    let digits = color
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap_or_default()) / 255.0;
        if value <= 0.039_28 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    Some(0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_on_a_button_can_be_read_whatever_colour_the_business_chose() {
        for (choice, text) in
            [("#000000", LIGHT), ("#ffffff", DARK), ("#ffd400", DARK), ("#7a1f5c", LIGHT), (DEFAULT, LIGHT)]
        {
            assert_eq!(Accent::of(Some(choice)), Accent { color: choice.to_owned(), text }, "{choice}");
        }
    }

    #[test]
    fn what_is_no_colour_is_not_written_into_a_style() {
        for choice in ["red", "#fff", "#12345g", "#0f5e5a;background:url(x)", "", "#ééé"] {
            assert_eq!(Accent::of(Some(choice)), Accent::of(None), "{choice}");
        }
    }
}
