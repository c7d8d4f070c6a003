//! Writes a database as a later version of the application would leave it: `newer FILE`. For tests of what is said then.

use std::error::Error;
use std::path::PathBuf;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::Store;

const STEP: &str = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
    values (9999, 'later', true, x'00', 0)";

fn main() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: newer FILE")?);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        Store::open(&path).await?.close().await;
        let mut connection = SqliteConnectOptions::new().filename(&path).connect().await?;
        sqlx::query(STEP).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    })
}
