//! Kills of commands that change a whole hub: it is as before, or as after, and the same command
//! done again comes to what it would have come to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Dice;
use crate::karat;

/// What a hub shows.
const SHOWN: [&str; 3] = ["crosswalk", "golden", "potential-matches"];
/// A rule that makes other customers.
const RULE: (&str, &str) = ("# link_threshold: 12.5", "link_threshold: 24.5");

/// A command, and from what to what it brings a hub.
struct Killed {
    /// Its words.
    words: Vec<String>,
    before: State,
    /// Whether the folder says something else than is published when it begins.
    changed_folder: Option<State>,
    after: State,
    /// Whether all that it leaves is published, so that the hub can be verified as it is.
    is_published: bool,
    /// How long it takes when nothing stops it.
    takes: Duration,
}

/// What a hub holds and shows, and what its folder says.
#[derive(Clone)]
struct State {
    backup: PathBuf,
    hub_yaml: String,
    persons: Vec<u8>,
    shown: Vec<u8>,
}

/// The hub whose commands are killed.
struct Workshop {
    hub: PathBuf,
    persons: PathBuf,
    backups: PathBuf,
}

/// Kills each command so many times; gives what is wrong.
pub fn killed(times: u64, dir: &Path, dice: &mut Dice) -> io::Result<Vec<String>> {
    let workshop = Workshop {
        hub: dir.join("hub"),
        persons: dir.join("persons.csv"),
        backups: dir.join("backups"),
    };
    fs::create_dir_all(&workshop.backups)?;
    let mut wrong = Vec::new();
    for command in workshop.commands()? {
        let mut stood = [0; 3];
        for _ in 0..times {
            stood[workshop.kill(&command, dice, &mut wrong)? as usize] += 1;
        }
        println!(
            "karat {:<28} takes {:>5.2} s; {times} kills: as before {}, as after {}",
            command.words[0],
            command.takes.as_secs_f64(),
            stood[Stood::Before as usize],
            stood[Stood::After as usize],
        );
    }
    Ok(wrong)
}

/// How a hub stands after a kill.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stood {
    Before,
    After,
    Otherwise,
}

impl Workshop {
    /// The commands, each done once.
    fn commands(&self) -> io::Result<Vec<Killed>> {
        let first = self.state("first")?;
        let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();

        let fewer = State { persons: fewer(&first.persons), ..first.clone() };
        self.write_folder(&fewer)?;
        let load = words(&["load", "--allow-deletes"]);
        let load_takes = self.run(&load)?.1;
        let loaded = self.state("loaded")?;

        self.put(&first)?;
        let ruled = State { hub_yaml: first.hub_yaml.replace(RULE.0, RULE.1), ..first.clone() };
        self.write_folder(&ruled)?;
        let publish = words(&["publish"]);
        let publish_takes = self.run(&publish)?.1;
        let published = self.state("published")?;

        let roll_back = words(&["rollback", "--discard"]);
        let roll_back_takes = self.run(&roll_back)?.1;
        let rolled_back = self.state("rolled back")?;

        let backup = loaded.backup.display().to_string();
        let restore = words(&["restore", &backup, "--replace", "--yes"]);
        let restore_takes = self.run(&restore)?.1;
        Ok(vec![
            Killed {
                words: load,
                before: first.clone(),
                changed_folder: Some(fewer),
                after: loaded.clone(),
                is_published: false,
                takes: load_takes,
            },
            Killed {
                words: publish,
                before: first.clone(),
                changed_folder: Some(ruled),
                after: published.clone(),
                is_published: true,
                takes: publish_takes,
            },
            Killed {
                words: roll_back,
                before: published,
                changed_folder: None,
                after: rolled_back,
                is_published: true,
                takes: roll_back_takes,
            },
            Killed {
                words: restore,
                before: first,
                changed_folder: None,
                after: loaded,
                is_published: true,
                takes: restore_takes,
            },
        ])
    }

    /// Kills a command at some moment, looks at what it leaves, and does it again.
    fn kill(
        &self,
        command: &Killed,
        dice: &mut Dice,
        wrong: &mut Vec<String>,
    ) -> io::Result<Stood> {
        let Killed { words, before, changed_folder, after, is_published, takes } = command;
        let name = &words[0];
        self.put(before)?;
        if let Some(folder) = changed_folder {
            self.write_folder(folder)?;
        }
        let mut running = self.command(words)?.spawn()?;
        std::thread::sleep(dice.moment(*takes));
        running.kill()?;
        running.wait()?;

        let shown = self.shown()?;
        let stood = match shown {
            shown if shown == before.shown => Stood::Before,
            shown if shown == after.shown => Stood::After,
            _ => Stood::Otherwise,
        };
        if stood == Stood::Otherwise {
            wrong.push(format!("karat {name} left something between before and after"));
        }
        if *is_published && !self.is_sound()? {
            wrong.push(format!("karat {name} left what is not sound"));
        }
        // Done again; a rollback that was done leads further back.
        if !(name == "rollback" && stood == Stood::After) {
            self.run(words)?;
        }
        if self.shown()? != after.shown {
            wrong.push(format!("karat {name} done again came to something else"));
        }
        if !self.is_sound()? {
            wrong.push(format!("karat {name} done again left what is not sound"));
        }
        Ok(stood)
    }

    /// What the hub is now, kept under a name.
    fn state(&self, name: &str) -> io::Result<State> {
        let backup = std::path::absolute(self.backups.join(format!("{name}.db")))?;
        self.run(&["backup".into(), backup.display().to_string()])?;
        Ok(State {
            backup,
            hub_yaml: fs::read_to_string(self.hub.join("hub.yaml"))?,
            persons: fs::read(&self.persons)?,
            shown: self.shown()?,
        })
    }

    /// Makes the hub what it was.
    fn put(&self, state: &State) -> io::Result<()> {
        self.write_folder(state)?;
        let backup = state.backup.display().to_string();
        self.run(&["restore".into(), backup, "--replace".into(), "--yes".into()])?;
        Ok(())
    }

    fn write_folder(&self, state: &State) -> io::Result<()> {
        fs::write(self.hub.join("hub.yaml"), &state.hub_yaml)?;
        fs::write(&self.persons, &state.persons)
    }

    fn shown(&self) -> io::Result<Vec<u8>> {
        let exports = SHOWN.map(|what| Ok(self.run(&["export".into(), what.into()])?.0));
        Ok(exports.into_iter().collect::<io::Result<Vec<_>>>()?.concat())
    }

    fn is_sound(&self) -> io::Result<bool> {
        Ok(self.command(&["verify".into()])?.status()?.success())
    }

    /// Runs a command to its end; gives what it wrote, and how long it took.
    fn run(&self, words: &[String]) -> io::Result<(Vec<u8>, Duration)> {
        let began = Instant::now();
        let output = self.command(words)?.stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr);
            return Err(io::Error::other(format!("karat {} failed:\n{told}", words[0])));
        }
        Ok((output.stdout, began.elapsed()))
    }

    fn command(&self, words: &[String]) -> io::Result<Command> {
        let mut command = Command::new(karat()?);
        command.args(words).arg("--hub").arg(&self.hub);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command)
    }
}

/// A table of persons without every ninth of them.
fn fewer(persons: &[u8]) -> Vec<u8> {
    let lines = persons.split_inclusive(|&byte| byte == b'\n').enumerate();
    let kept = lines.filter(|(at, _)| at % 9 != 1).map(|(_, line)| line);
    kept.collect::<Vec<_>>().concat()
}
