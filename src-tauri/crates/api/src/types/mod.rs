//! What travels between a host and the interface. TypeScript types are generated from here.

mod cluster;
mod error;
mod export;
mod object;
mod picture;
mod requests;
mod settings;

pub use cluster::*;
pub use error::*;
pub use export::*;
pub use object::*;
pub use picture::*;
pub use requests::*;
pub use settings::*;
