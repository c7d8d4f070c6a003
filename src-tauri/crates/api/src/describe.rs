//! What the list says about itself: for the OpenAPI text and the TypeScript client.

use std::path::Path;

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use ts_rs::{Config, ExportError, TS, TypeVisitor};

use crate::access::Access;
use crate::streams::{Binary, NoMessage};
use crate::types::*;

/// One command.
#[derive(Clone, Copy)]
pub struct Command {
    /// Its name, as hosts spell it.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// What it needs.
    pub access: Access,
    /// Whether its request may name paths of this machine, which takes [`Access::File`] on top.
    pub paths: bool,
    request: Shape,
    answer: Shape,
}

/// One stream.
#[derive(Clone, Copy)]
pub struct Stream {
    /// Its name.
    pub name: &'static str,
    /// What it carries, in a sentence.
    pub doc: &'static str,
    /// What it needs.
    pub access: Access,
    request: Shape,
    message: Shape,
    item: Shape,
}

/// A type that travels, in both languages it is described in.
#[derive(Clone, Copy)]
struct Shape {
    schema: fn(&mut SchemaGenerator) -> schemars::Schema,
    typescript: fn(&Config) -> String,
    export: fn(&Config) -> Result<(), ExportError>,
}

impl Shape {
    fn of<T: TS + JsonSchema + 'static>() -> Self {
        Self {
            schema: |generator| generator.subschema_for::<T>(),
            typescript: |config| T::name(config),
            export: export::<T>,
        }
    }
}

/// Writes the declaration of `T` and of what it is made of; a list has none of its own, its items have.
fn export<T: TS + 'static>(config: &Config) -> Result<(), ExportError> {
    struct Items<'a>(&'a Config, Result<(), ExportError>);
    impl TypeVisitor for Items<'_> {
        fn visit<T: TS + 'static + ?Sized>(&mut self) {
            if self.1.is_ok() && T::output_path().is_some() {
                self.1 = T::export_all(self.0);
            }
        }
    }
    let mut items = Items(config, Ok(()));
    items.visit::<T>();
    T::visit_generics(&mut items);
    items.1
}

macro_rules! describe_commands {
    ($(#[doc = $doc:literal] $access:ident $(+ $paths:ident)? $name:ident($request:ty) -> $answer:ty,)+) => {
        /// Every command, in the order of the list.
        pub fn commands() -> Vec<Command> {
            vec![$(Command {
                name: stringify!($name),
                doc: $doc.trim_ascii(),
                access: access!($access),
                paths: [$(access!($paths),)? access!($access)].contains(&Access::File),
                request: Shape::of::<$request>(),
                answer: Shape::of::<$answer>(),
            },)+]
        }
    };
}
with_commands!(describe_commands);

macro_rules! describe_streams {
    ($($(#[doc = $doc:literal])+ $access:ident $name:ident($request:ty) <-> ($message:ty, $item:ty),)+) => {
        /// Every stream, in the order of the list.
        pub fn streams() -> Vec<Stream> {
            vec![$(Stream {
                name: stringify!($name),
                doc: concat!($($doc),+).trim_ascii(),
                access: access!($access),
                request: Shape::of::<$request>(),
                message: Shape::of::<$message>(),
                item: Shape::of::<$item>(),
            },)+]
        }
    };
}
with_streams!(describe_streams);

/// The OpenAPI 3.1 description of the HTTP host.
pub fn openapi() -> Value {
    let mut generator = schemars::generate::SchemaSettings::openapi3().into_generator();
    let error = generator.subschema_for::<ApiError>();
    let content = |schema: schemars::Schema| json!({"application/json": {"schema": schema}});
    let mut paths = Map::new();
    for command in commands() {
        let request = (command.request.schema)(&mut generator);
        let answer = (command.answer.schema)(&mut generator);
        let operation = json!({"post": {
            "operationId": command.name,
            "summary": command.doc,
            "x-access": command.access.word(),
            "x-paths": command.paths,
            "requestBody": {"required": true, "content": content(request)},
            "responses": {
                "200": {"description": "the answer", "content": content(answer)},
                "default": {"description": "what failed", "content": content(error.clone())},
            },
        }});
        paths.insert(format!("/api/v1/{}", command.name), operation);
    }
    let mut channels = Map::new();
    for stream in streams() {
        let request = (stream.request.schema)(&mut generator);
        let message = (stream.message.schema)(&mut generator);
        let item = (stream.item.schema)(&mut generator);
        channels.insert(
            stream.name.into(),
            json!({
                "description": stream.doc, "x-access": stream.access.word(), "request": request,
                "message": message, "item": item,
            }),
        );
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Kubilitics",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Streams are opened over the WebSocket at /api/v1/stream: send \
                {\"open\":{\"id\":1,\"stream\":NAME,\"request\":{}}}, say something to it with \
                {\"send\":{\"id\":1,\"message\":{}}}, stop with {\"close\":{\"id\":1}}. Items come as \
                {\"id\":1,\"item\":{}}, binary items with the id as a little-endian u32 before them, failures as \
                {\"id\":1,\"error\":{}}.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "x-streams": channels,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": generator.take_definitions(true),
        },
    })
}

/// Writes the TypeScript of every type that travels, `client.ts` with the list, `hidden.ts` with the characters that are
/// written out, and the look that canvas and files share
/// (`look.ts`, `colours.css`) to a folder.
///
/// # Errors
/// Where the folder cannot be written.
pub fn write_typescript(folder: &Path) -> Result<(), ExportError> {
    let config = Config::new().with_out_dir(folder).with_large_int("number");
    let (commands, streams) = (commands(), streams());
    let shapes = commands.iter().flat_map(|each| [each.request, each.answer]);
    for shape in shapes.chain(streams.iter().flat_map(|each| [each.request, each.message, each.item])) {
        (shape.export)(&config)?;
    }
    ApiError::export_all(&config)?;
    PictureHeader::export_all(&config)?;
    std::fs::write(folder.join("client.ts"), client_file(&config, &commands, &streams))?;
    std::fs::write(folder.join("hidden.ts"), hidden_file())?;
    std::fs::write(folder.join("look.ts"), diagram::stylesheet::typescript())?;
    std::fs::write(folder.join("colours.css"), diagram::stylesheet::css())?;
    Ok(())
}

/// The characters that are written out, for texts that the interface shows as they come.
fn hidden_file() -> String {
    let ranges = model::HIDDEN.map(|(first, last)| format!("  [{:#x}, {:#x}],\n", u32::from(first), u32::from(last)));
    format!(
        "// This file was generated from the crate `model`. Do not edit this file manually.\n\
         /** Code points, first and last of each range. */\n\
         export const HIDDEN: readonly (readonly [number, number])[] = [\n{}];\n",
        ranges.concat()
    )
}

/// A method for each command and stream: the interface calls nothing else.
fn client_file(config: &Config, commands: &[Command], streams: &[Stream]) -> String {
    let mut names = vec![];
    let mut name_of = |shape: Shape| {
        let name = (shape.typescript)(config);
        names.extend(identifiers(&name));
        name
    };
    let mut methods = String::new();
    for Command { name, doc, request, answer, .. } in commands {
        let (method, request, answer) = (camel_case(name), name_of(*request), name_of(*answer));
        let (parameter, argument) = match request.as_str() {
            "Nothing" => (String::new(), "{}"),
            _ => (format!("request: {request}, "), "request"),
        };
        methods.push_str(&format!(
            "    /** {doc} */\n    {method}: ({parameter}signal?: AbortSignal): Promise<{answer}> => \
             transport.call(\"{name}\", {argument}, signal),\n"
        ));
    }
    let mut openings = String::new();
    for Stream { name, doc, request, message, item, .. } in streams {
        let (request, message, item) = (name_of(*request), name_of(*message), name_of(*item));
        openings.push_str(&format!(
            "    /** {doc} */\n    {name}: (request: () => {request}, reader: StreamReader<{item}>): \
             OpenStream<{message}> => transport.open(\"{name}\", request, reader),\n"
        ));
    }
    names.sort();
    names.dedup();
    let imports: String = names
        .iter()
        .filter(|name| *name != "Nothing" || openings.contains("Nothing"))
        .map(|name| format!("import type {{ {name} }} from \"./{name}\";\n"))
        .collect();
    format!(
        "// This file was generated from the list of commands in the crate `api`. Do not edit this file manually.\n\
         import type {{ OpenStream, StreamReader, Transport }} from \"../transport/transport\";\n{imports}\n\
         /** Every command of the host, over any transport. */\n\
         export function commandsOver(transport: Transport) {{\n  return {{\n{methods}  }};\n}}\n\n\
         /** Every stream of the host, over any transport. A request is made anew whenever the connection is. */\n\
         export function streamsOver(transport: Transport) {{\n  return {{\n{openings}  }};\n}}\n"
    )
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at(word.len().min(1));
        name + &head.to_ascii_uppercase() + tail
    })
}

/// The names of our own types in a TypeScript type.
fn identifiers(typescript: &str) -> Vec<String> {
    let words = typescript.split(|c: char| !c.is_ascii_alphanumeric());
    let ours = words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()));
    ours.filter(|word| !["Array", "ArrayBuffer", "Record"].contains(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_schema_reference_of_the_openapi_text_is_defined() {
        let openapi = openapi();
        let defined = openapi["components"]["schemas"].as_object().unwrap();
        let text = openapi.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(defined.contains_key(name), "{name}");
        }
        assert_eq!(openapi["paths"].as_object().unwrap().len(), commands().len());
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = commands().iter().map(|each| each.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
