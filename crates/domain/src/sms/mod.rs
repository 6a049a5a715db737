//! Text messages: how carriers bill a text, how it is written so that it costs less, and what that is in money.

mod alphabet;
mod compile;
mod price;
mod substitutes;

pub use alphabet::{Alphabet, Cost, cost};
pub use compile::{Compiled, Offending, SmsOptions, compile, plain};
pub use price::{Currency, Money, Price, PriceError, PriceTable, price};
pub(crate) use substitutes::has_no_width;
