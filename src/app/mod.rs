//! Puts the rooms together; starts and stops them.

mod accounts;
pub mod commands;
pub mod console_port;
pub mod opened;
pub mod people;
mod readiness;
pub mod serve;
mod strategy_file;
mod vigil;
pub mod web_parts;

use std::io::{stderr, stdout};
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::command::Command;
use crate::cli::output::Exit;
use crate::cli::{self, Invocation};
use crate::config;
use crate::jobs::Role;
use crate::telemetry;

/// Runs what the arguments and the environment ask for.
#[must_use]
pub fn main() -> ExitCode {
    let invocation = match cli::read(std::env::args_os(), &config::environment()) {
        Ok(invocation) => invocation,
        Err(stop) => {
            return stop.print(&mut stdout(), &mut stderr()).unwrap_or(Exit::Failed).into();
        }
    };
    if let Err(error) = telemetry::start(&invocation.settings.log) {
        return failed(&error.to_string());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    runtime.block_on(run(invocation))
}

async fn run(invocation: Invocation) -> ExitCode {
    let Invocation { command, settings, json, workspace } = invocation;
    if let Command::Serve { role } = command {
        return serve(&settings, role).await;
    }
    match commands::run(command, &settings, workspace.as_deref()).await {
        Ok(output) => match output.print(json, &mut stdout()) {
            Ok(()) => Exit::Done.into(),
            Err(error) => failed(&error.to_string()),
        },
        Err(error) => failed(&error.to_string()),
    }
}

async fn serve(settings: &config::Settings, role: Role) -> ExitCode {
    let running = match serve::start(settings, role, serve::Pace::of(settings)).await {
        Ok(running) => running,
        Err(error) => return failed(&error.to_string()),
    };
    for note in &settings.notes {
        tracing::warn!("{note}");
    }
    announce(settings, &running).await;
    let broke = tokio::select! {
        () = told_to_stop() => false,
        () = running.failed() => true,
    };
    running.stop().await;
    if broke { failed("the work broke down; see the log above") } else { Exit::Done.into() }
}

/// The one line that a person needs, and the way in where they may not just pick who they are.
async fn announce(settings: &config::Settings, running: &serve::Running) {
    let url = settings.listen.base_url(running.address);
    let line = if settings.console.on {
        format!("Attaché is at {url}")
    } else {
        format!("Attaché answers at {url} (the console is off)")
    };
    let _ = std::io::Write::write_fmt(&mut stdout(), format_args!("{line}\n"));
    let links = people::sign_in_links((&running.opened.cx, &running.opened.ports), settings)
        .await
        .unwrap_or_default();
    for (person, link) in links {
        let line = format_args!("{person} signs in once, within 30 minutes: {url}{link}\n");
        let _ = std::io::Write::write_fmt(&mut stdout(), line);
    }
}

async fn told_to_stop() {
    let interrupted = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

fn failed(why: &str) -> ExitCode {
    let _ = std::io::Write::write_fmt(&mut stderr(), format_args!("attache: {why}\n"));
    Exit::Failed.into()
}
