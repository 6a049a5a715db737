//! What is worth telling of a month's budget for text messages.

/// A share of the budget, in percent, from which on it is said to run out.
const NEARLY: u64 = 80;

/// A month's budget as it stands, in millionths of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// What may be spent.
    pub budget: u64,
    /// What was spent.
    pub spent: u64,
    /// Whether a message was refused for want of money.
    pub was_refused: bool,
    /// How many booked text messages the rest is kept for.
    pub waiting: u64,
    /// What a text message costs.
    pub one_text: u64,
}

/// What is told of a budget, each once a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetNews {
    /// Most of it is spent.
    Nearly,
    /// What is left is kept for reminders: other messages do not leave by SMS.
    Kept,
    /// It does not suffice any more.
    UsedUp,
}

impl BudgetNews {
    /// How far it is, in percent: news of a lower level are no news after those of a higher one.
    pub const fn level(self) -> u32 {
        match self {
            Self::Nearly => 80,
            Self::Kept => 99,
            Self::UsedUp => 100,
        }
    }
}

impl Account {
    /// The share that was spent, in percent.
    pub fn share(&self) -> u64 {
        self.spent.saturating_mul(100).checked_div(self.budget).unwrap_or(100)
    }

    /// The furthest news; `None` where there is none.
    ///
    /// The last text message is refused before the whole budget is spent, for what is left is less than its price: so a refusal tells that it
    /// is used up, and not the share.
    pub fn news(&self) -> Option<BudgetNews> {
        let left = self.budget.saturating_sub(self.spent);
        let is_kept = self.waiting > 0 && left >= self.one_text;
        if left == 0 || (self.was_refused && !is_kept) {
            Some(BudgetNews::UsedUp)
        } else if self.was_refused {
            Some(BudgetNews::Kept)
        } else {
            (self.share() >= NEARLY).then_some(BudgetNews::Nearly)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_tells_that_a_budget_is_used_up_before_all_of_it_is_spent() {
        let account = |spent, was_refused, waiting| Account {
            budget: 500_000,
            spent,
            was_refused,
            waiting,
            one_text: 71_400,
        };
        for (spent, was_refused, waiting, news) in [
            (0, false, 0, None),
            (357_000, false, 3, None),
            (428_400, false, 0, Some(BudgetNews::Nearly)),
            (499_800, false, 0, Some(BudgetNews::Nearly)),
            (499_800, true, 0, Some(BudgetNews::UsedUp)),
            (499_800, true, 9, Some(BudgetNews::UsedUp)),
            (500_000, false, 0, Some(BudgetNews::UsedUp)),
            (510_000, false, 0, Some(BudgetNews::UsedUp)),
            (71_400, true, 6, Some(BudgetNews::Kept)),
            (0, true, 0, Some(BudgetNews::UsedUp)),
        ] {
            assert_eq!(account(spent, was_refused, waiting).news(), news, "{spent} {was_refused} {waiting}");
        }
    }
}
