//! The result for people.

use serde_json::Value;

use super::{FEW_STATEMENTS, Report, median_of, number};

/// The columns of a phase: heading, path of the figure, digits after the point.
const COLUMNS: [(&str, &str, usize); 9] = [
    ("accept/s", "accepted_per_second", 0),
    ("deliver/s", "delivered_per_second", 0),
    ("end to end/s", "end_to_end_per_second", 0),
    ("p50 ms", "latency_ms.p50", 2),
    ("p99 ms", "latency_ms.p99", 2),
    ("CPU", "cpu_carillon", 3),
    ("CPU all", "cpu_with_databases", 3),
    ("slow", "slowness", 2),
    ("others", "others_share", 2),
];

impl Report {
    /// Prints the table to standard output.
    pub(crate) fn print(&self) {
        println!("Carillon: {}\n", self.title);
        self.print_phases();
        self.print_delays("steady", "steady stream");
        self.print_delays("critical beside bulk", "critical messages while another business's bulk is sent");
        self.print_limits();
        self.print_statements();
        self.print_memory();
        if self.failures.is_empty() {
            println!("\nEvery accepted notification arrived exactly once and is sent.");
        } else {
            println!("\nNOT AS PROMISED:");
            for failure in &self.failures {
                println!("  {failure}");
            }
        }
    }

    fn print_phases(&self) {
        let headings: Vec<String> = COLUMNS.iter().map(|(heading, _, _)| format!("{heading:>12}")).collect();
        println!("{:18} {}", "", headings.join(" "));
        for name in &self.order {
            let median = median_of(&self.phases[name]);
            let cells: Vec<String> = COLUMNS
                .iter()
                .map(|(_, path, digits)| {
                    let cell = number(&median, path).map(|figure| format!("{figure:.digits$}"));
                    format!("{:>12}", cell.unwrap_or_default())
                })
                .collect();
            println!("{name:18} {}", cells.join(" "));
        }
        println!(
            "\np50, p99: of the request. CPU: seconds for each 1,000 notifications, of Carillon alone, and with PostgreSQL and Redis.\n\
             slow: what the same work cost against the reference machine; others: the rest of the machine's load."
        );
        for name in &self.order {
            let median = median_of(&self.phases[name]);
            let each = median["cpu_seconds_per_1000"].as_object().cloned().unwrap_or_default();
            let parts: Vec<String> = each
                .iter()
                .map(|(part, seconds)| format!("{part} {:.3}", seconds.as_f64().unwrap_or(0.0)))
                .collect();
            println!("  {name:18} {}", parts.join(" · "));
        }
    }

    fn print_delays(&self, phase: &str, title: &str) {
        let Some(delays) = self.phases.get(phase).map(|all| median_of(all)) else { return };
        println!("\n{title}, to the provider, in ms:  p50 / p95 / p99 / max");
        for (name, path) in
            [("from the answer", "accepted_to_provider_ms"), ("from the request", "requested_to_provider_ms")]
        {
            let figure = |which: &str| number(&delays, &format!("{path}.{which}")).unwrap_or(f64::NAN);
            println!(
                "  {name:18} {:.2} / {:.2} / {:.2} / {:.2}",
                figure("p50"),
                figure("p95"),
                figure("p99"),
                figure("max")
            );
        }
    }

    fn print_limits(&self) {
        println!("\nwhat this machine can do at most, a second");
        for (name, all) in &self.limits {
            println!("  {name:34} {:>9.0}", number(&median_of(all), "per_second").unwrap_or(0.0));
        }
        println!("\nour share of it");
        for share in &self.shares {
            let percent = 100.0 * share.ours / share.possible;
            println!("  {:32} {:>9.0}/s = {percent:>5.1} % of {}", share.what, share.ours, share.limit);
        }
    }

    fn print_statements(&self) {
        let Some(counts) = self.notes.get("statements_per_notification") else { return };
        println!("\nfor each notification: statements / transactions / rows inserted / rows updated");
        for part in ["accept", "drain", "all"] {
            if counts[part].is_null() {
                continue;
            }
            let figure = |name: &str| counts[part][name].as_f64().unwrap_or(f64::NAN);
            println!(
                "  {part:8} {:.3} / {:.3} / {:.2} / {:.2}",
                figure("statements"),
                figure("transactions"),
                figure("inserted"),
                figure("updated")
            );
        }
        let all = counts["all"]["statements"].as_f64().unwrap_or(f64::NAN);
        let verdict = if all <= FEW_STATEMENTS { "kept" } else { "missed" };
        println!("  at most {FEW_STATEMENTS} statements a message: {verdict}");
    }

    fn print_memory(&self) {
        println!("\nmemory in MiB: resident / proportional / peak");
        for (when, memory) in &self.memory {
            let parts: Vec<String> = memory
                .iter()
                .map(|(name, of)| format!("{name} {:.0} / {:.0} / {:.0}", of.rss, of.pss, of.peak))
                .collect();
            println!("  {when}: {}", parts.join(" · "));
        }
        let started = self.notes.get("started_in_seconds").and_then(Value::as_f64).unwrap_or(f64::NAN);
        println!("started in {started:.2} s, its tables made");
    }
}
