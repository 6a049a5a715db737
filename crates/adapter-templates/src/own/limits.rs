//! How much an own text may hold and make. They are generous for a letter, and bound every step there is.

/// Placeholders, those in links included.
pub(crate) const MOST_PLACEHOLDERS: usize = 200;
/// `if`, `elif` and `else`.
pub(crate) const MOST_BRANCHES: usize = 100;
/// Marks of emphasis and links together.
pub(crate) const MOST_MARKS: usize = 200;
/// Conditions and emphasis within each other; also brackets and `not` within one condition.
pub(crate) const DEEPEST: usize = 8;
/// Words and marks within one pair of curly brackets.
pub(crate) const MOST_TOKENS: usize = 60;
/// Filters of one placeholder.
pub(crate) const MOST_FILTERS: usize = 3;
/// Characters of a text in quotes.
pub(crate) const LONGEST_LITERAL: usize = 200;
/// Characters of a dotted name.
pub(crate) const LONGEST_NAME: usize = 100;
/// Problems that are told at once; more help nobody.
pub(crate) const MOST_PROBLEMS: usize = 30;
/// Characters of one value.
pub(crate) const LONGEST_VALUE: usize = 2_000;
/// Characters of each value that an SMS shows: the first that makes it short enough to be sent.
pub(crate) const LENGTHS_IN_SMS: [usize; 4] = [LONGEST_VALUE, 200, 60, 20];
/// An address is of no use when it is cut: up to this length it is left whole.
pub(crate) const WHOLE_ADDRESS: usize = 200;
/// Characters of an address that a link leads to.
pub(crate) const LONGEST_ADDRESS: usize = 2_048;
/// Bytes of a body, without the frame of an e-mail around it.
pub(crate) const LARGEST_OUTPUT: usize = 64 * 1024;
/// Bytes of that which what the business wrote may take; the rest is for values.
pub(crate) const LARGEST_FIXED: usize = 48 * 1024;
