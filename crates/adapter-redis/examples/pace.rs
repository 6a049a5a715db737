//! How fast the queue alone is: `cargo run --release -p carillon-adapter-redis --example pace [ids]`.
//!
//! Starts a private Redis with its log written every second, and says for each way of use how many ids a second it bears, and how
//! much CPU time a thousand ids cost in Redis and in this process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use carillon_adapter_redis::{RedisQueue, RedisServer};
use carillon_domain::ids::MessageId;
use carillon_domain::{Channel, Class};
use carillon_ports::ReadyQueue;
use carillon_ports::ready::Ready;
use carillon_testkit::redis::PrivateRedis;
use uuid::Uuid;

/// Who adds one by one, at the same time.
const CALLERS: usize = 64;
/// Businesses that take turns.
const BUSINESSES: u32 = 50;
/// The most ids of one push, and of one pop.
const PUSH: usize = 1_000;
const POP: usize = 256;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let count: u32 = std::env::args().nth(1).map_or(Ok(200_000), |count| count.parse())?;
    let redis = PrivateRedis::start();
    let server = RedisServer::open(&redis.url())?;
    let queue = Arc::new(RedisQueue::new(&server, Channel::Email));
    let all: Arc<[Ready]> = (0..count).map(ready).collect::<Result<_, _>>()?;
    queue.pop(1, Duration::ZERO).await?;

    for _ in 0..2 {
        measure("add one by one", count, &redis, add_one_by_one(&queue, &all)).await?;
        measure("take and finish", count, &redis, take(&queue, count)).await?;
        measure("add in bulk", count, &redis, add_in_bulk(&queue, &all)).await?;
        measure("take and finish", count, &redis, take(&queue, count)).await?;
    }
    println!("left in Redis: {} keys", redis.ask("DBSIZE").trim_start_matches(':'));
    Ok(())
}

async fn add_one_by_one(queue: &Arc<RedisQueue>, all: &Arc<[Ready]>) -> Result<(), Failure> {
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (queue, all) = (Arc::clone(queue), Arc::clone(all));
            tokio::spawn(async move {
                for ready in all.iter().skip(caller).step_by(CALLERS) {
                    queue.push(std::slice::from_ref(ready)).await?;
                }
                Ok::<_, Failure>(())
            })
        })
        .collect();
    for caller in callers {
        caller.await??;
    }
    Ok(())
}

async fn add_in_bulk(queue: &RedisQueue, all: &[Ready]) -> Result<(), Failure> {
    for part in all.chunks(PUSH) {
        queue.push(part).await?;
    }
    Ok(())
}

async fn take(queue: &RedisQueue, count: u32) -> Result<(), Failure> {
    let mut taken = 0;
    loop {
        let some = queue.pop(POP, Duration::ZERO).await?.len();
        taken += some;
        if some == 0 {
            return if taken == count as usize {
                Ok(())
            } else {
                Err(format!("{taken} of {count} came back").into())
            };
        }
    }
}

async fn measure(
    what: &str,
    count: u32,
    redis: &PrivateRedis,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let server = redis.process().ok_or("Redis runs")?.to_string();
    let before = (cpu_seconds(&server)?, cpu_seconds("self")?);
    let started = Instant::now();
    work.await?;
    let elapsed = started.elapsed().as_secs_f64();
    let used = (cpu_seconds(&server)? - before.0, cpu_seconds("self")? - before.1);
    let count = f64::from(count);
    let thousands = count / 1_000.0;
    println!(
        "{what:<16} {:>9.0} ids/s   CPU-s per 1,000: Redis {:.4}, client {:.4}",
        count / elapsed,
        used.0 / thousands,
        used.1 / thousands,
    );
    Ok(())
}

/// What a process has used so far, of all its threads.
fn cpu_seconds(process: &str) -> Result<f64, Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in brackets, may hold spaces: fields are counted from behind it. The unit is a hundredth of a second.
    let (_, fields) = stat.rsplit_once(')').ok_or("no stat")?;
    let ticks: u32 = fields.split_whitespace().skip(11).take(2).flat_map(str::parse::<u32>).sum();
    Ok(f64::from(ticks) / 100.0)
}

fn ready(number: u32) -> Result<Ready, Failure> {
    Ok(Ready {
        message: MessageId(Uuid::from_u128(
            0x0192_0000_0000_7000_8000_0000_0000_0000 + u128::from(number) * 7_919,
        )),
        class: Class::Immediate,
        business: Some(format!("business-{}", number % BUSINESSES).parse()?),
        channel: Channel::Email,
        pace: None,
    })
}
