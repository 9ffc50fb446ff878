//! The command line: one file per command, arguments and run.
//!
//! In: arguments, files, the environment, signals. Out: data on stdout, everything
//! said to people on stderr, and an exit code of [`exit::TABLE`]. No work is done
//! before the arguments are understood.

mod access;
mod apply;
mod aws;
mod backup;
mod carrying;
mod claimed;
mod codes;
mod completions;
mod confirm;
mod controls;
mod coverage;
mod documents;
mod drift;
mod effective_policy;
mod enroll;
mod error;
pub mod exit;
mod explain;
mod export;
mod findings_file;
mod graph;
mod init;
mod interrupt;
mod join;
mod journal;
mod key;
mod leftovers;
mod live;
mod logging;
mod login;
mod man;
mod page;
mod permissions;
mod plan;
mod planning;
mod preflight;
mod printer;
mod questions;
mod rehearse;
mod resume;
mod run_place;
mod saved;
mod schema;
mod script;
mod sign;
mod simulator;
mod snapshot;
mod status;
mod sweep;
mod trust;
mod unfinished;
mod validate;
mod verify;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use exit::Exit;
use printer::{Global, Printer};

/// Builds and governs an AWS landing zone from one document, and rehearses it on a
/// simulated AWS first.
#[derive(Debug, Parser)]
#[command(name = "lzctl", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Validate(validate::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Drift(drift::Args),
    Resume(resume::Args),
    Journal(journal::Args),
    Sign(sign::Args),
    Verify(verify::Args),
    Key(key::Args),
    Rehearse(rehearse::Args),
    Sweep(sweep::Args),
    Graph(graph::Args),
    Permissions(permissions::Args),
    Leftovers(leftovers::Args),
    Backup(backup::Args),
    Access(access::Args),
    Preflight(preflight::Args),
    Enroll(enroll::Args),
    Join(join::Args),
    Login(login::Args),
    Logout(login::LogoutArgs),
    Snapshot(snapshot::Args),
    Export(export::Args),
    Controls(controls::Args),
    Coverage(coverage::Args),
    EffectivePolicy(effective_policy::Args),
    Simulator(simulator::Args),
    Status(status::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let parsed = command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let exit = match parsed {
        Ok(cli) => run(cli),
        Err(error) => {
            // Nothing can be done when even this cannot be shown.
            let _ = error.print();
            if error.use_stderr() { Exit::Usage } else { Exit::Done }
        }
    };
    exit.into()
}

fn command() -> clap::Command {
    Cli::command().after_help(exit::text())
}

fn run(cli: Cli) -> Exit {
    let printer = Printer::new(cli.global);
    logging::start(&printer);
    let applying = matches!(cli.command, Command::Apply(_));
    let result = match cli.command {
        Command::Init(args) => args.run(&printer),
        Command::Validate(args) => args.run(&printer),
        Command::Plan(args) => args.run(&printer),
        Command::Apply(args) => args.run(&printer),
        Command::Drift(args) => args.run(&printer),
        Command::Resume(args) => args.run(&printer),
        Command::Journal(args) => args.run(&printer),
        Command::Sign(args) => args.run(&printer),
        Command::Verify(args) => args.run(&printer),
        Command::Key(args) => args.run(&printer),
        Command::Rehearse(args) => args.run(&printer),
        Command::Sweep(args) => args.run(&printer),
        Command::Graph(args) => args.run(&printer),
        Command::Permissions(args) => args.run(&printer),
        Command::Leftovers(args) => args.run(&printer),
        Command::Backup(args) => args.run(&printer),
        Command::Access(args) => args.run(&printer),
        Command::Preflight(args) => args.run(&printer),
        Command::Enroll(args) => args.run(&printer),
        Command::Join(args) => args.run(&printer),
        Command::Login(args) => args.run(&printer),
        Command::Logout(args) => args.run(&printer),
        Command::Snapshot(args) => args.run(&printer),
        Command::Export(args) => args.run(&printer),
        Command::Controls(args) => args.run(&printer),
        Command::Coverage(args) => args.run(&printer),
        Command::EffectivePolicy(args) => args.run(&printer),
        Command::Simulator(args) => args.run(&printer),
        Command::Status(args) => args.run(&printer),
        Command::Explain(args) => args.run(&printer),
        Command::Schema(args) => args.run(&printer),
        Command::Completions(args) => args.run(&printer, command()),
        Command::Man(args) => args.run(&printer, command()),
    };
    result.unwrap_or_else(|error| {
        printer.say(error.told(&printer).trim_end());
        if applying && error.before_any_change() {
            printer.say("Nothing was changed.");
        }
        error.exit()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        command().debug_assert();
    }
}
