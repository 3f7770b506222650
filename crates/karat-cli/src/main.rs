//! `karat`: masters customer data from the command line, and serves the stewards' console.
//!
//! `main` parses and dispatches; each command has a file of its own in `commands/`.
//! Terminal, clock and environment are known here and nowhere else.

mod commands;
mod failure;
mod host;
mod http;
mod password;
mod progress;
mod terminal;
mod traces;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Cleaning makes many short texts on all cores, which is what this allocator is good at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Customer master data: one golden record per customer, with every value explained.
#[derive(Debug, Parser)]
#[command(name = "karat", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Start with `karat demo`, or with your own files: `karat assess FILE…`.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(commands::demo::Demo),
    Assess(commands::assess::Assess),
    Profile(commands::profile::Profile),
    Suggest(commands::suggest::Suggest),
    Match(commands::matching::Match),
    Evaluate(commands::evaluate::Evaluate),
    Init(commands::init::Init),
    Load(commands::load::Load),
    Serve(commands::serve::Serve),
    Key(commands::key::Key),
    Account(commands::account::Account),
    Export(commands::export::Export),
    Migrate(commands::migrate::Migrate),
    Preview(commands::preview::Preview),
    Publish(commands::publish::Publish),
    Rollback(commands::rollback::Rollback),
    History(commands::history::History),
    Drift(commands::drift::DriftCommand),
    Scorecard(commands::scorecard::ScorecardCommand),
    Findings(commands::findings::Findings),
    Repair(commands::repair::Repair),
    Feedback(commands::feedback::FeedbackCommand),
    Currency(commands::currency::CurrencyCommand),
    Confirm(commands::confirm::Confirm),
    Verify(commands::verify::Verify),
    Replay(commands::replay::Replay),
    Backup(commands::backup::Backup),
    Restore(commands::restore::Restore),
    Check(commands::check::Check),
    Explain(commands::explain::Explain),
    Validate(commands::validate::Validate),
    Schema(commands::schema::Schema),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Demo(command) => command.run(),
        Command::Assess(command) => command.run(),
        Command::Profile(command) => command.run(),
        Command::Suggest(command) => command.run(),
        Command::Match(command) => command.run(),
        Command::Evaluate(command) => command.run(),
        Command::Init(command) => command.run(),
        Command::Load(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Key(command) => command.run(),
        Command::Account(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Preview(command) => command.run(),
        Command::Publish(command) => command.run(),
        Command::Rollback(command) => command.run(),
        Command::History(command) => command.run(),
        Command::Drift(command) => command.run(),
        Command::Scorecard(command) => command.run(),
        Command::Findings(command) => command.run(),
        Command::Repair(command) => command.run(),
        Command::Feedback(command) => command.run(),
        Command::Currency(command) => command.run(),
        Command::Confirm(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Replay(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Validate(command) => command.run(),
        Command::Schema(command) => command.run(),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_defined() {
        Arguments::command().debug_assert();
    }
}
