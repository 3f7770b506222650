//! Kills at random moments, under load: what was acknowledged is there, and nothing is half done.
//!
//! Arrive: the number of kills and a database. Leaves: a report; it says whether anything was lost.
//! Promises: the same seed sends the same requests; when a server is killed depends on the clock.
//! Start reading at [`kills`]: first servers are killed while clients change the hub, then commands
//! that change the whole hub; in the end the hub is verified.

mod commands;
mod ledger;

use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::people::People;
use crate::served::Server;
use crate::{karat, load};
use ledger::{Ledger, Tally};

/// How many clients change the hub at the same time.
const CLIENTS: u64 = 4;
/// How long clients are at work before a kill, at most.
const ROUND_MAX: Duration = Duration::from_millis(400);
/// How long a server is left to start before it is killed, at most.
const START_MAX: Duration = Duration::from_millis(150);
/// Of so many rounds one kills a server also while it starts.
const ROUNDS_PER_START: u64 = 8;
/// Of so many rounds one is as a kill of each command.
const ROUNDS_PER_COMMAND: u64 = 20;

/// Loads invented records, kills servers of the hub and commands that change it, and tells what
/// became of it; `false` when something was lost or half done.
pub fn kills(times: u64, records: u64, dir: &Path, database: Option<&str>) -> io::Result<bool> {
    load(records, dir, database)?;
    let hub = dir.join("hub");
    let people = People::read(&dir.join("persons.csv"))?;
    let mut nodes = Nodes::start(&hub, if database.is_some() { 2 } else { 1 })?;
    let mut ledgers: Vec<Ledger> = (0..CLIENTS).map(Ledger::new).collect();
    let mut dice = Dice(1);
    let mut wrong = Vec::new();
    let began = Instant::now();
    for round in 0..times {
        nodes.round(round, &people, &mut ledgers, &mut dice)?;
        let client = nodes.last_started().client();
        for ledger in &mut ledgers {
            ledger.check_round(&client, &mut wrong)?;
        }
    }
    let client = nodes.last_started().client();
    for ledger in &mut ledgers {
        ledger.check_all(&client, &mut wrong)?;
    }
    nodes.tell(times, began.elapsed());
    let tally = ledgers.iter().map(|ledger| ledger.tally).sum::<Tally>();
    tally.tell();
    wrong.extend(tally.failures());
    drop(nodes);
    let mut is_sound = verify(&hub)?;
    let commands = commands::killed(times.div_ceil(ROUNDS_PER_COMMAND), dir, &mut dice)?;
    wrong.extend(commands);
    is_sound &= verify(&hub)?;
    println!("{} wrong", wrong.len());
    wrong.iter().for_each(|told| println!("  {told}"));
    Ok(is_sound && wrong.is_empty())
}

/// Servers of one hub, which are killed in turns.
struct Nodes<'h> {
    hub: &'h Path,
    servers: Vec<Server>,
    last_started: usize,
    starts_killed: u64,
    slowest_start: Duration,
}

impl<'h> Nodes<'h> {
    fn start(hub: &'h Path, count: usize) -> io::Result<Nodes<'h>> {
        let servers: io::Result<Vec<Server>> =
            (0..count).map(|_| Server::start(hub, None)).collect();
        let mut servers = servers?;
        servers.iter_mut().try_for_each(Server::wait_until_ready)?;
        let slowest_start = Duration::ZERO;
        Ok(Nodes { hub, servers, last_started: 0, starts_killed: 0, slowest_start })
    }

    fn last_started(&self) -> &Server {
        &self.servers[self.last_started]
    }

    /// Lets clients at the servers, kills one at some moment, and starts it again.
    fn round(
        &mut self,
        round: u64,
        people: &People,
        ledgers: &mut [Ledger],
        dice: &mut Dice,
    ) -> io::Result<()> {
        let victim = round as usize % self.servers.len();
        let is_over = AtomicBool::new(false);
        let after = dice.moment(ROUND_MAX);
        let (servers, is_over) = (&mut self.servers, &is_over);
        std::thread::scope(|scope| -> io::Result<()> {
            for (at, ledger) in ledgers.iter_mut().enumerate() {
                let client = servers[at % servers.len()].client();
                let mut dice = Dice(dice.next());
                scope.spawn(move || {
                    // Its server is gone, or all is said.
                    while !is_over.load(Ordering::Relaxed)
                        && ledger.act(&client, people, &mut dice).is_ok()
                    {}
                });
            }
            std::thread::sleep(after);
            let killed = servers[victim].kill();
            is_over.store(true, Ordering::Relaxed);
            killed
        })?;
        if round.is_multiple_of(ROUNDS_PER_START) {
            let mut starting = Server::start(self.hub, None)?;
            std::thread::sleep(dice.moment(START_MAX));
            starting.kill()?;
            self.starts_killed += 1;
        }
        let began = Instant::now();
        self.servers[victim] = Server::start(self.hub, None)?;
        self.servers[victim].wait_until_ready()?;
        self.slowest_start = self.slowest_start.max(began.elapsed());
        self.last_started = victim;
        Ok(())
    }

    fn tell(&self, times: u64, took: Duration) {
        println!(
            "\n{times} kills of {} server(s) under {CLIENTS} clients, and {} while they started, \
             in {:.0} s; ready again in {:.2} s at most",
            self.servers.len(),
            self.starts_killed,
            took.as_secs_f64(),
            self.slowest_start.as_secs_f64()
        );
    }
}

/// Lets `karat verify` look at a hub, and prints what it says; tells whether it is sound.
fn verify(hub: &Path) -> io::Result<bool> {
    let output = Command::new(karat()?).args(["verify", "--hub"]).arg(hub).output()?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    Ok(output.status.success())
}

/// Seeded chance (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    /// A number below this one.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Any of some.
    fn one_of<T: Clone>(&mut self, some: &[T]) -> Option<T> {
        let count = some.len() as u64;
        (count > 0).then(|| some[self.below(count) as usize].clone())
    }

    /// Some time, less than this.
    fn moment(&mut self, max: Duration) -> Duration {
        Duration::from_micros(self.below(max.as_micros() as u64))
    }
}
