//! `topology` and `export`: one look at a source, written in a format.

use std::io::{self, BufWriter, IsTerminal};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use api::Permission;
use api::types::{ApiError, ErrorCode, Format};

use crate::arguments::{Filter, Look, Source};
use crate::source::{look, verdict};
use crate::terminal::Harmless;
use crate::{Usage, complain};

/// Print the canonical JSON: objects, relations, coverage.
#[derive(clap::Args)]
pub(crate) struct TopologyArgs {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    filter: Filter,
}

/// Write a diagram: svg png pdf json drawio mmd d2 dot graphml.
#[derive(clap::Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    filter: Filter,
    /// The file; its ending says the format. - for standard output.
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: String,
    /// The format, where the file's ending does not say it.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    #[command(flatten)]
    look: Look,
}

pub(crate) async fn topology(args: TopologyArgs) -> Result<ExitCode> {
    let drawing = args.filter.drawing(Format::Json)?;
    let seen = look(&args.source, &args.filter).await?;
    write(&drawing, &seen, "-")?;
    Ok(verdict(&seen, &args.filter))
}

pub(crate) async fn export(args: ExportArgs) -> Result<ExitCode> {
    let format = match &args.format {
        Some(word) => Some(word.parse().map_err(|error: api::ExportError| Usage(error.to_string()))?),
        None => Format::of_file(&args.output),
    };
    let format = format.ok_or_else(|| {
        Usage(format!("{} has no ending that says a format; name one with --format, such as svg", args.output))
    })?;
    let mut drawing = args.filter.drawing(format)?;
    args.look.apply(&mut drawing);
    let seen = look(&args.source, &args.filter).await?;
    if args.look.stamp {
        drawing.stamp = Some(api::stamp(&seen.name));
    }
    if drawing.is_blank(&seen.published)? {
        let why = args.filter.why_blank(&seen);
        if args.filter.keep_going {
            why.iter().for_each(|why| complain(&format!("there is nothing to draw: {why}")));
        } else {
            let file = if args.output == "-" { String::new() } else { format!(", {} is not written", args.output) };
            let why: Vec<String> = seen.problems.into_iter().chain(why).collect();
            return Err(anyhow!("there is nothing to draw{file}: {}", why.join("; ")));
        }
    }
    write(&drawing, &seen, &args.output)?;
    Ok(verdict(&seen, &args.filter))
}

/// Writes to a file, beside it first so that a failure leaves no half of one, or to standard output.
fn write(drawing: &api::Drawing, seen: &api::Look, output: &str) -> Result<()> {
    let on = |_| ControlFlow::Continue(());
    let notes = if output == "-" {
        let out = io::stdout().lock();
        let is_terminal = out.is_terminal();
        let mut out = BufWriter::new(out);
        let written = if is_terminal {
            drawing.write(&seen.name, &seen.published, &mut Harmless::new(out), &on)
        } else {
            drawing.write(&seen.name, &seen.published, &mut out, &on)
        };
        match written {
            Ok(notes) => notes,
            // Whoever reads has read enough.
            Err(error) if is_broken_pipe(&error) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    } else {
        let target = PathBuf::from(output);
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(anyhow!("{output} cannot be written: there is no folder {}", folder.display()));
        }
        let write = |out: &mut dyn io::Write| drawing.write(&seen.name, &seen.published, out, &on);
        api::write_file(&target, Permission::Usual, write)?.0
    };
    notes.0.iter().chain(&seen.published.graph.left_out_note()).for_each(|note| complain(note));
    Ok(())
}

fn is_broken_pipe(error: &ApiError) -> bool {
    error.code == ErrorCode::Failed && error.message.to_lowercase().contains("broken pipe")
}
