//! Runs a program as a whole process, and tells what it took.

use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program that ended well.
pub struct Finished {
    /// From start to end.
    pub wall: Duration,
    /// On all processors together, in seconds.
    pub cpu: f64,
    /// The most memory that it held, in bytes.
    pub memory: u64,
    /// What it wrote to standard output.
    pub output: String,
}

/// Runs a program to its end; it is an error when it fails.
pub fn run(command: &mut Command) -> io::Result<Finished> {
    let began = Instant::now();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let pid = child.id();
    let watch = std::thread::spawn(move || watch(pid));
    let output = child.wait_with_output()?;
    let wall = began.elapsed();
    let (cpu, memory) = watch.join().unwrap_or_default();
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!("{command:?} failed:\n{told}")));
    }
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(Finished { wall, cpu, memory, output })
}

/// The processor time and the peak memory of a process, read until it ends.
fn watch(pid: u32) -> (f64, u64) {
    let (mut cpu, mut memory) = (0.0, 0);
    while let (Some(now), Some(peak)) = (processor_seconds(pid), peak_memory(pid)) {
        (cpu, memory) = (now, memory.max(peak));
        std::thread::sleep(Duration::from_millis(20));
    }
    (cpu, memory)
}

/// User and system time of a process: fields 14 and 15 of proc(5) `stat`, in hundredths of a second.
pub fn processor_seconds(pid: u32) -> Option<f64> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program stands in brackets, and may have spaces.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}

fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}
