//! A Redis Cluster of the tests' own: three nodes, each with a third of the slots.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{PATIENCE, PrivateRedis, free_port};

/// How slots are dealt out, and a key in each part, by which a node shows that it knows the others.
const PARTS: [(&str, &str); 3] = [("0 5460", "b"), ("5461 10922", "c"), ("10923 16383", "a")];

/// A cluster of one's own.
#[derive(Debug)]
pub struct PrivateCluster {
    nodes: Vec<PrivateRedis>,
}

impl PrivateCluster {
    /// Starts one and waits until every node knows where all keys are.
    pub fn start() -> Self {
        let nodes: Vec<(PrivateRedis, u16)> = PARTS.iter().map(|_| start_node()).collect();
        for (number, ((slots, _), (node, _))) in PARTS.iter().zip(&nodes).enumerate() {
            assert_eq!(node.ask(&format!("CLUSTER SET-CONFIG-EPOCH {}", number + 1)), "+OK");
            assert_eq!(node.ask(&format!("CLUSTER ADDSLOTSRANGE {slots}")), "+OK");
        }
        for (node, bus) in &nodes[1..] {
            let meet = format!("CLUSTER MEET 127.0.0.1 {} {bus}", node.port);
            assert_eq!(nodes[0].0.ask(&meet), "+OK");
        }
        let cluster = Self { nodes: nodes.into_iter().map(|(node, _)| node).collect() };
        let started = Instant::now();
        while !cluster.is_whole() {
            assert!(started.elapsed() < PATIENCE, "the nodes of the cluster do not find each other");
            sleep(Duration::from_millis(20));
        }
        cluster
    }

    /// The URLs of its nodes, separated by commas.
    pub fn urls(&self) -> String {
        self.nodes.iter().map(PrivateRedis::url).collect::<Vec<_>>().join(",")
    }

    /// Its nodes.
    pub fn nodes(&self) -> &[PrivateRedis] {
        &self.nodes
    }

    /// Whether every node knows where a key of each part is: it has it, or says who has.
    fn is_whole(&self) -> bool {
        self.nodes.iter().all(|node| {
            PARTS.iter().all(|(_, key)| {
                let answer = node.ask(&format!("EXISTS {key}"));
                answer.starts_with(':') || answer.starts_with("-MOVED")
            })
        })
    }
}

/// A node, and the port by which it talks to the others.
fn start_node() -> (PrivateRedis, u16) {
    let bus = free_port();
    let settings = ["--cluster-enabled", "yes", "--cluster-port", &bus.to_string()].map(str::to_owned);
    (PrivateRedis::start_with(settings.to_vec()), bus)
}
