//! Many open pages on one process: how long they take to connect, what each costs in memory, how soon all of them hear of something,
//! and whether each goes on where it was after the process was killed. Every page must have seen every item once, in order.

mod board;
mod page;
mod people;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::task::JoinSet;

use crate::load::milliseconds;
use crate::machine::Machine;
use crate::phases::{Bench, number};
use crate::plan::Plan;
use crate::run::say;
use crate::samples::Samples;
use crate::servers::Servers;
use crate::system::System;
use crate::{SocketsArgs, clock, cpu};
use board::Board;

/// Open pages, where the command line says nothing.
const CLIENTS: usize = 10_000;
/// The same of a smoke test.
const FEW_CLIENTS: usize = 300;
/// Pages of one address: an address has about 28,000 ports.
const PER_ADDRESS: usize = 10_000;
/// Files that a process has open beside its pages.
const OTHER_FILES: usize = 500;
/// Pages that open at once, in the beginning.
const AT_ONCE: usize = 500;
/// The share of the pages that is there before memory is measured, so that what a process makes at first use is not counted.
const FIRST: usize = 100;

/// How soon all are to be connected.
const GOAL_CONNECTED: f64 = 30.0;
/// What a page is to cost at most, in KiB.
const GOAL_MEMORY: f64 = 20.0;
/// How soon a page is to hear of what was filed, in seconds.
const GOAL_HEARD: f64 = 2.0;

/// Measures, prints, and answers whether every page saw what it had to see. A goal that is missed is told, and fails nothing.
pub(crate) async fn run(args: &SocketsArgs) -> anyhow::Result<bool> {
    let plan = Plan::of(&args.run);
    ensure!(!plan.one_process, "the API's memory is measured: it needs a process of its own");
    ensure!(args.run.out.is_none(), "this measurement is printed, and has no JSON");
    let clients = args.clients.unwrap_or(if plan.quick { FEW_CLIENTS } else { CLIENTS }).max(FIRST + 1);
    has_files("self", clients)?;
    let machine = Machine::watch();
    say("starting a private PostgreSQL, Redis and fake providers, then Carillon");
    let servers = Servers::start(&plan).await?;
    let system = System::start(&args.run.carillon, &plan, &servers).await?;
    let mut bench = Bench::new(plan, servers, system, machine);
    has_files(&bench.system.trees()["api"].to_string(), clients)?;

    say(&format!("making {clients} people known, each with a first item and a token"));
    people::notify_all(&bench, clients, 1).await?;
    let tokens = people::tokens(&bench.system.target, clients).await?;
    // What that left in the process is none of the pages' memory.
    bench.system.kill_api().await?;
    bench.system.start_api().await?;

    let board = Arc::new(Board::new(clients));
    let mut pages = JoinSet::new();
    connect(&bench, &board, &tokens, &mut pages).await?;
    hear_live(&bench, &board, 2).await?;
    println!("memory of the API after that: {:.1} MiB", memory(&bench)?);
    come_back(&mut bench, &board, 3).await?;
    hear_live(&bench, &board, 4).await?;

    let (wrong, ends) = (board.wrong(4), board.ends());
    pages.shutdown().await;
    println!("how connections ended (WebSocket codes; 0 without a word): {ends:?}");
    println!("\nwarnings in the logs: {}", bench.system.complaints().len());
    bench.system.complaints().iter().take(10).for_each(|line| println!("  {line}"));
    match wrong.first() {
        None => println!("Every page saw every item once, in order."),
        Some(first) => println!("NOT AS PROMISED: {} pages, the first: {first}", wrong.len()),
    }
    Ok(wrong.is_empty())
}

/// Opens all pages, and measures how long that takes and what they cost.
async fn connect(
    bench: &Bench,
    board: &Arc<Board>,
    tokens: &[String],
    pages: &mut JoinSet<()>,
) -> anyhow::Result<()> {
    let server = bench.system.target.address;
    let open = |range: std::ops::Range<usize>, pages: &mut JoinSet<()>| {
        for index in range {
            let source = Ipv4Addr::new(127, 0, 0, 1 + u8::try_from(index / PER_ADDRESS).unwrap_or(u8::MAX));
            pages.spawn(page::follow(board.clone(), index, server, source, tokens[index].clone()));
        }
    };
    let few = tokens.len() / FIRST;
    open(0..few, pages);
    board.until_all(0..few, |page| page.has_seen(1)).await?;
    let before = memory(bench)?;
    say(&format!("opening {} pages", tokens.len()));
    let (began, watch) = (clock::now(), bench.watch());
    for first in (few..tokens.len()).step_by(AT_ONCE) {
        let end = tokens.len().min(first + AT_ONCE);
        open(first..end, pages);
        board
            .until_all(first.saturating_sub(AT_ONCE)..end.saturating_sub(AT_ONCE), |page| page.is_in)
            .await?;
    }
    board.until_all(0..tokens.len(), |page| page.has_seen(1)).await?;
    let seconds = milliseconds(began, board.last(1)) / 1000.0;
    let cost = bench.cost(&watch, tokens.len() - few);
    // What was only needed for a moment has time to go.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = memory(bench)?;
    let each = (after - before) * 1024.0 / number(tokens.len() - few);
    println!(
        "{} pages opened, and each saw its first item, in {seconds:.1} s: {}",
        tokens.len(),
        kept(seconds, GOAL_CONNECTED)
    );
    println!("CPU s for 1,000 pages: {}", cost["cpu_seconds_per_1000"]);
    println!(
        "memory of the API: {before:.1} MiB before, {after:.1} MiB after, {each:.1} KiB a page: {}",
        kept(each, GOAL_MEMORY)
    );
    Ok(())
}

/// Something for everybody while all pages are open.
async fn hear_live(bench: &Bench, board: &Arc<Board>, seq: i64) -> anyhow::Result<()> {
    say("notifying everybody");
    let (began, watch) = (clock::now(), bench.watch());
    people::notify_all(bench, board.len(), seq).await?;
    board.until_all(0..board.len(), |page| page.has_seen(seq)).await?;
    let filed = people::filed(bench, seq).await?;
    let cost = bench.cost(&watch, board.len());
    let late: Vec<f64> =
        (0..board.len()).map(|index| milliseconds(filed[index], board.heard(index, seq)) / 1000.0).collect();
    let whole = milliseconds(began, board.last(seq)) / 1000.0;
    let late = Samples::of(late).percentiles().context("nobody heard anything")?;
    println!(
        "item {seq} for everybody, seconds from filing to the page: p50 {:.3} · p99 {:.3} · max {:.3}: {}",
        late.p50,
        late.p99,
        late.max,
        kept(late.max, GOAL_HEARD)
    );
    println!(
        "  from the first request to the last page: {whole:.1} s; CPU s for 1,000: {}",
        cost["cpu_seconds_per_1000"]
    );
    Ok(())
}

/// Kills the API, files something for everybody while nobody listens, and starts the API again at the same address.
async fn come_back(bench: &mut Bench, board: &Arc<Board>, seq: i64) -> anyhow::Result<()> {
    say("killing the API, with something for everybody on its way");
    bench.system.pause_delivery().await?;
    people::ask_for_all(bench, board.len(), seq).await?;
    let killed = Instant::now();
    bench.system.kill_api().await?;
    board.until_all(0..board.len(), |page| !page.is_in).await?;
    bench.system.resume_delivery().await?;
    bench.servers.database.until_done().await?;
    bench.system.start_api().await?;
    let (began, away) = (clock::now(), killed.elapsed().as_secs_f64());
    board.until_all(0..board.len(), |page| page.is_in && page.has_seen(seq)).await?;
    let back = (0..board.len()).map(|index| milliseconds(began, board.heard(index, seq)) / 1000.0);
    let back = Samples::of(back.collect()).percentiles().context("nobody came back")?;
    println!(
        "killed, and away for {away:.1} s: seconds from listening again until a page had what it missed: \
         p50 {:.1} · p99 {:.1} · max {:.1}",
        back.p50, back.p99, back.max
    );
    Ok(())
}

/// The API's resident memory in MiB.
fn memory(bench: &Bench) -> anyhow::Result<f64> {
    Ok(cpu::memory(&bench.system.trees()).get("api").context("the API has ended")?.rss)
}

/// A process whose limit is too low would refuse pages, and measure that.
fn has_files(process: &str, clients: usize) -> anyhow::Result<()> {
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits"))?;
    let line =
        limits.lines().find_map(|line| line.strip_prefix("Max open files")).context("no limit of files")?;
    let soft = line.split_whitespace().next().unwrap_or_default();
    let needed = clients + OTHER_FILES;
    let is_enough = soft == "unlimited" || soft.parse::<usize>().is_ok_and(|most| most >= needed);
    ensure!(
        is_enough,
        "a process may open {soft} files, and {needed} are needed: `ulimit -n {needed}` first (as root: `ulimit -Hn` too)"
    );
    Ok(())
}

fn kept(figure: f64, goal: f64) -> String {
    format!("at most {goal} {}", if figure <= goal { "kept" } else { "MISSED" })
}
