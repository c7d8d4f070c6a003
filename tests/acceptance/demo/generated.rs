//! What the generator makes could stand in a real cluster.

use demo::Time;
use support::{ControlPlane, Parts};

/// 20 November 2026, 14:02 UTC.
const START: Time = Time::from_millis(1_795_183_320_000);

#[tokio::test]
async fn a_real_server_accepts_what_the_generator_makes() {
    let plane = ControlPlane::start(Parts::BARE).await.unwrap();
    let objects = demo::generate(600, 1, START);
    let pods = objects.iter().filter(|object| object["kind"] == "Pod").count();
    plane.fill(objects).await.unwrap();
    let client = plane.client().unwrap();
    assert_eq!(client.count("/api/v1/pods").await.unwrap(), pods as u64);
}
