//! End to end: the real binary as a process of its own, real databases, providers over real HTTP, a real browser.

mod app;
mod architecture;
mod browser;
mod clients;
mod command_line;
mod crash;
mod import;
mod journey;
mod live;
mod machines;
mod new_kind;
mod receipts;
mod requests;
mod specification;
mod whose_clock;

/// Runs a test on the embedded default and on PostgreSQL.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::app::Database::Sqlite).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::app::Database::Postgres).await;
            })+
        }
    };
}
pub(crate) use on_both_databases;
