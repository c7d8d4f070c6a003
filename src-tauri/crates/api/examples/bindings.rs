//! Writes the TypeScript bindings to the folder named; `cargo xtask bindings` calls it.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("name the folder to write the bindings to")?;
    Ok(api::write_typescript(folder.as_ref())?)
}
