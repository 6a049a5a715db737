//! Starts a private PostgreSQL, prints its URL as the first line, and stops it when standard input ends: the test command starts
//! one for a whole run and hands the URL on as `CARILLON_TEST_POSTGRES_URL`.

use std::io::{self, Write};

use carillon_testkit::postgres::PrivatePostgres;

fn main() -> io::Result<()> {
    let server = PrivatePostgres::start();
    writeln!(io::stdout(), "{}", server.url("postgres"))?;
    io::stdout().flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
