//! Chores as code: `cargo xtask NAME`. Each chore lies in a file of its own with `Args` (its help is their doc comment)
//! and `run`; the list below is the only place that knows them all.

mod bench;
mod bindings;
mod bundle;
mod check;
mod cluster;
mod control_plane;
mod definitions;
mod e2e;
mod go;
mod interface;
mod paths;
mod run;
mod screenshots;
mod shell;
mod soak;
mod steps;
mod system;
mod test;

use std::process::ExitCode;

use clap::Parser;

/// Makes the chores of the list subcommands, each as `module Name`.
macro_rules! chores {
    ($($module:ident $name:ident,)+) => {
        #[derive(clap::Subcommand)]
        enum Chore {
            $($name($module::Args),)+
        }

        impl Chore {
            fn run(self) -> anyhow::Result<()> {
                match self {
                    $(Chore::$name(args) => $module::run(args),)+
                }
            }
        }
    };
}

chores! {
    run Run,
    check Check,
    test Test,
    bench Bench,
    soak Soak,
    e2e E2e,
    screenshots Screenshots,
    bindings Bindings,
    bundle Bundle,
    cluster Cluster,
    control_plane ControlPlane,
}

/// Build, run, test and look after Kubilitics.
///
/// Every chore installs what it lacks and says so before it does.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct CommandLine {
    #[command(subcommand)]
    chore: Chore,
}

fn main() -> ExitCode {
    match CommandLine::parse().chore.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
