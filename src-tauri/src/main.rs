//! The desktop window: starts the application behind it and gives it a menu, a place on the screen and native dialogs.
//! No logic; every answer comes from `api`.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod menu;
mod opening;
mod streams;
mod webkit;
mod window;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use api::{Application, Setup};
use clap::Parser;
use cluster::kubeconfig::Environment;
use tauri::Manager;
use topology::RuleBook;
use tracing_subscriber::EnvFilter;

/// Reading a cluster and drawing it is mostly allocation: with the system's own allocator both take a third longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The status of a process that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

fn main() -> Result<ExitCode> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let opening = opening::Opening::parse();
    webkit::choose_renderer()?;

    let downloads = api::downloads_folder().context("make a folder for downloads")?;
    let setup = Setup {
        host: "window".to_owned(),
        kubeconfig: Environment::from_process(opening.kubeconfig.clone()),
        database: opening.database.clone().or_else(api::default_database),
        downloads: downloads.path().to_owned(),
        folders: Vec::new(),
        rules: Arc::new(RuleBook::default()),
        still: false,
    };
    let early = opening::Early::default();
    let kept = early.clone();
    let builder = tauri::Builder::default()
        // First, as its documentation asks: a second start hands over what it was asked for, and ends before it opens
        // anything itself, the database included.
        .plugin(tauri_plugin_single_instance::init(move |handle, arguments, folder| {
            window::show(handle);
            let again = opening::Again { arguments, folder: folder.into() };
            match handle.try_state::<Application>() {
                Some(application) => opening::hand_over(application.inner().clone(), again),
                // This start has not come so far.
                None => early.keep(again),
            }
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(window::place())
        .manage(streams::OpenStreams::default())
        .menu(menu::build)
        .on_menu_event(menu::chosen)
        .on_page_load(streams::forget_those_of_the_page_before)
        .invoke_handler(commands::handler())
        .setup(move |app| {
            let application = tauri::async_runtime::block_on(Application::start(setup));
            app.manage(application.clone());
            window::open(app.handle())?;
            opening::open(application.clone(), opening);
            kept.take().into_iter().for_each(|again| opening::hand_over(application.clone(), again));
            quit_on_interrupt(app.handle().clone());
            Ok(())
        });
    let app = builder.build(tauri::generate_context!()).context("open the window")?;
    // It returns, where `run` would end the process here and leave the folder of downloads behind.
    let code = app.run_return(|_, _| {});
    drop(downloads);
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Ctrl-C in the terminal quits as the menu does; the second one waits for nothing.
fn quit_on_interrupt(handle: tauri::AppHandle) {
    // Ends with the application.
    tauri::async_runtime::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            handle.exit(0);
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(INTERRUPTED);
            }
        }
    });
}
