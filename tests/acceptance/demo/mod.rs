//! The demo: read by the product and by everyday `kubectl`, and compared with the real API server.

mod compare;
mod generated;
mod incidents;
mod kubectl;
mod record;
mod requests;
mod sync;
