//! Names of people: what can be one, what a greeting makes of it, and how it is printed so that no mail program makes it a link.

mod greeting;
mod links;
mod words;

pub use greeting::{called, greeted};
pub use links::{is_address_like, unlinked};

use crate::invisible::is_invisible;

/// The longest name.
const LONGEST: usize = 200;

/// Says what is wrong with a text that is to be a person's name: it has something to see, is one line, and is no web address.
pub fn check(name: &str) -> Result<(), &'static str> {
    let has_sign = name.chars().any(|c| !c.is_whitespace() && !is_invisible(c));
    if !has_sign || name.chars().count() > LONGEST {
        return Err("must have 1 to 200 characters that can be seen");
    }
    if name.contains("://") || starts_with_www(name) {
        return Err("must be a name, not a web address");
    }
    Ok(())
}

fn starts_with_www(name: &str) -> bool {
    crate::invisible::trim(name).get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www."))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
