//! Exact percentiles: every sample is kept.

use serde::Serialize;

/// Samples in milliseconds, sorted.
#[derive(Debug)]
pub(crate) struct Samples(Vec<f64>);

/// What is told of samples, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Percentiles {
    /// How many samples there are.
    pub(crate) count: usize,
    /// The median.
    pub(crate) p50: f64,
    /// 95 of 100 are not above it.
    pub(crate) p95: f64,
    /// 99 of 100 are not above it.
    pub(crate) p99: f64,
    /// The largest.
    pub(crate) max: f64,
}

impl Samples {
    pub(crate) fn of(mut milliseconds: Vec<f64>) -> Self {
        milliseconds.sort_by(f64::total_cmp);
        Self(milliseconds)
    }

    /// The nearest-rank percentiles; `None` without samples.
    pub(crate) fn percentiles(&self) -> Option<Percentiles> {
        Some(Percentiles {
            count: self.0.len(),
            p50: self.rank(50)?,
            p95: self.rank(95)?,
            p99: self.rank(99)?,
            max: *self.0.last()?,
        })
    }

    /// The smallest sample that so many of a hundred are not above.
    fn rank(&self, percent: usize) -> Option<f64> {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied()
    }
}

/// The median of figures; the mean of the middle two where their number is even.
pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let upper = *figures.get(middle)?;
    Some(if figures.len() % 2 == 1 { upper } else { f64::midpoint(*figures.get(middle - 1)?, upper) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_by_nearest_rank() {
        let samples = Samples::of((1..=200).rev().map(f64::from).collect());
        let expected = Percentiles { count: 200, p50: 100.0, p95: 190.0, p99: 198.0, max: 200.0 };
        assert_eq!(samples.percentiles(), Some(expected));
        assert_eq!(Samples::of(vec![7.0]).percentiles().map(|all| (all.p50, all.p99)), Some((7.0, 7.0)));
        assert_eq!(Samples::of(vec![]).percentiles(), None);
    }

    #[test]
    fn a_median_lies_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
