//! CPU time and memory of process trees, as Linux counts them in `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::LazyLock;

use serde::Serialize;

/// Ticks a second in `/proc`.
static TICKS: LazyLock<f64> = LazyLock::new(|| {
    let asked = Command::new("getconf").arg("CLK_TCK").output().ok();
    let text = asked.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    text.trim().parse().unwrap_or(100.0)
});

/// The trees that are measured: a name, and the process each starts from.
pub(crate) type Trees = BTreeMap<&'static str, u32>;

/// CPU seconds so far: of each tree, and of the whole machine.
#[derive(Debug, Clone)]
pub(crate) struct Used {
    trees: BTreeMap<&'static str, f64>,
    machine: f64,
    at: std::time::Instant,
}

/// CPU seconds between two looks.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Spent {
    /// Of each tree.
    pub(crate) trees: BTreeMap<&'static str, f64>,
    /// What everything on the machine took, as a share of all its processors.
    pub(crate) machine_busy: f64,
    /// What others took of it: above a few percent, the numbers are theirs too.
    pub(crate) others: f64,
}

/// Memory of a tree, in MiB.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Memory {
    /// Resident, shared pages counted for each process.
    pub(crate) rss: f64,
    /// Proportional: shared pages counted once. 0 where it may not be read.
    pub(crate) pss: f64,
    /// The most that was resident so far.
    pub(crate) peak: f64,
}

/// Looks at the trees; this program itself is one of them, named `load generator`.
pub(crate) fn look(trees: &Trees) -> Used {
    let all = processes();
    let used = |root: &u32| members(*root, &all).iter().map(|id| all[id].1).sum::<f64>() / *TICKS;
    let mut seconds: BTreeMap<&'static str, f64> =
        trees.iter().map(|(name, root)| (*name, used(root))).collect();
    // Alone: what it started is listed by name.
    let own = all.get(&std::process::id()).map_or(0.0, |(_, ticks)| ticks / *TICKS);
    seconds.insert("load generator", own);
    Used { trees: seconds, machine: machine() / *TICKS, at: std::time::Instant::now() }
}

impl Used {
    /// What was spent from this look to a later one.
    pub(crate) fn until(&self, later: &Self) -> Spent {
        let spent =
            |(name, before): (&&'static str, &f64)| Some((*name, (later.trees.get(name)? - before).max(0.0)));
        let trees: BTreeMap<&'static str, f64> = self.trees.iter().filter_map(spent).collect();
        let capacity = later.at.duration_since(self.at).as_secs_f64() * processors();
        let (all, ours) = (later.machine - self.machine, trees.values().sum::<f64>());
        Spent { machine_busy: all / capacity, others: ((all - ours) / capacity).max(0.0), trees }
    }
}

/// Memory of each tree now.
pub(crate) fn memory(trees: &Trees) -> BTreeMap<&'static str, Memory> {
    let all = processes();
    trees
        .iter()
        .map(|(name, root)| {
            let mut sum = Memory::default();
            for id in members(*root, &all) {
                sum.rss += mebibytes(id, "status", "VmRSS:");
                sum.peak += mebibytes(id, "status", "VmHWM:");
                sum.pss += mebibytes(id, "smaps_rollup", "Pss:");
            }
            (*name, sum)
        })
        .collect()
}

/// How many processors there are.
#[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 processors")]
pub(crate) fn processors() -> f64 {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as f64
}

/// By id: the parent, and the ticks used by the process and its children that ended.
fn processes() -> BTreeMap<u32, (u32, f64)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let id: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((id, parent_and_ticks(&fs::read_to_string(entry.path().join("stat")).ok()?)?))
        })
        .collect()
}

/// Out of a line of `/proc/<id>/stat`. The name in brackets may hold anything, so counting starts behind it.
fn parent_and_ticks(line: &str) -> Option<(u32, f64)> {
    let (_, rest) = line.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().map(|field| field.parse::<f64>().unwrap_or(0.0)).sum();
    Some((fields.get(1)?.parse().ok()?, ticks))
}

/// A process and all that descend from it.
fn members(root: u32, all: &BTreeMap<u32, (u32, f64)>) -> Vec<u32> {
    let mut members: Vec<u32> = all.contains_key(&root).then_some(root).into_iter().collect();
    let mut next = 0;
    while let Some(parent) = members.get(next).copied() {
        members.extend(all.iter().filter(|(_, (of, _))| *of == parent).map(|(id, _)| *id));
        next += 1;
    }
    members
}

/// Ticks that the machine worked: user, nice, system, irq, softirq.
fn machine() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields: Vec<f64> =
        stat.lines().next().unwrap_or_default().split_whitespace().skip(1).flat_map(str::parse).collect();
    [0, 1, 2, 5, 6].iter().filter_map(|index| fields.get(*index)).sum()
}

fn mebibytes(id: u32, file: &str, field: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let kibibytes: f64 = line
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0.0);
    kibibytes / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_whatever_the_process_is_called() {
        let line = "7 (a) b) S 3 7 7 0 -1 0 0 0 0 0 10 20 3 4 20 0 1 0 5";
        assert_eq!(parent_and_ticks(line), Some((3, 37.0)));
    }

    #[test]
    fn a_tree_is_its_root_and_all_descendants() {
        let all = BTreeMap::from([(1, (0, 0.0)), (2, (1, 0.0)), (3, (2, 0.0)), (4, (9, 0.0))]);
        assert_eq!(members(1, &all), [1, 2, 3]);
        assert!(members(8, &all).is_empty());
    }
}
