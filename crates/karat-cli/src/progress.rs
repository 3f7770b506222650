//! Progress bars on work that takes longer than two seconds, and Ctrl-C.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use karat_hub::flow::progress::{Progress, Stage};

/// Work shorter than this shows no bar.
const QUIET: Duration = Duration::from_secs(2);

/// Shows a bar per stage on standard error, and listens to Ctrl-C.
pub struct Bars {
    bar: Mutex<Option<ProgressBar>>,
    started: Instant,
    stopped: Arc<AtomicBool>,
    /// How long each stage took, in the order they ran.
    timings: Mutex<Vec<(Stage, Duration)>>,
    stage: Mutex<Option<(Stage, Instant)>>,
}

impl Bars {
    /// Starts watching; a second Ctrl-C ends the process at once.
    pub fn start() -> Bars {
        let stopped = Arc::new(AtomicBool::new(false));
        let flag = stopped.clone();
        // Fails only when another handler was set: then Ctrl-C ends the process, which is safe too.
        let _ = ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        Bars {
            bar: Mutex::default(),
            started: Instant::now(),
            stopped,
            timings: Mutex::default(),
            stage: Mutex::default(),
        }
    }

    /// How long the stages took, those of one name added up, in the order they first ran.
    pub fn timings(&self) -> Vec<(&'static str, Duration)> {
        let mut sums: Vec<(&'static str, Duration)> = Vec::new();
        for &(stage, took) in &*self.timings.lock().unwrap_or_else(PoisonError::into_inner) {
            match sums.iter_mut().find(|(known, _)| *known == name(stage)) {
                Some((_, sum)) => *sum += took,
                None => sums.push((name(stage), took)),
            }
        }
        sums
    }

    /// How long all took, and the stages of it: `36.4 s: reading 6.5 s, cleaning 6.9 s`.
    pub fn told(&self) -> String {
        let stages = self.timings().into_iter();
        let stages: Vec<String> =
            stages.map(|(stage, took)| format!("{stage} {:.1} s", took.as_secs_f64())).collect();
        format!("{:.1} s: {}", self.elapsed().as_secs_f64(), stages.join(", "))
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// What a stage is called.
fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Read => "reading",
        Stage::Arrive => "reading",
        Stage::Clean => "cleaning",
        Stage::Match => "matching",
        Stage::Publish => "mastering",
        Stage::Export => "writing",
        Stage::Migrate => "copying",
        Stage::Examine => "examining",
        Stage::Compare => "comparing",
        Stage::Search => "searching",
    }
}

impl Progress for Bars {
    fn begin(&self, stage: Stage, total: u64) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = Some((stage, Instant::now()));
        let bytes = matches!(stage, Stage::Read | Stage::Arrive);
        let template = match (total, bytes) {
            (0, _) => "{prefix:>10} {spinner} {elapsed}",
            (_, true) => "{prefix:>10} {bar:30} {percent:>3} %  {binary_bytes_per_sec}, {eta} left",
            (_, false) => "{prefix:>10} {bar:30} {percent:>3} %  {rate}, {eta} left",
        };
        let style = ProgressStyle::with_template(template).expect("the templates are well-formed");
        let style = style.with_key("rate", |state: &ProgressState, text: &mut dyn Write| {
            // A bar that cannot be drawn is no reason to stop.
            let _ = write!(text, "{}/s", HumanCount(state.per_sec() as u64));
        });
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        bar.set_style(style.progress_chars("━━─"));
        bar.set_prefix(name(stage));
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    }

    fn reached(&self, done: u64) {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = &*bar {
            if bar.is_hidden() && self.started.elapsed() > QUIET {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            bar.set_position(done);
        }
    }

    fn end(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
        let stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut timings = self.timings.lock().unwrap_or_else(PoisonError::into_inner);
        timings.extend(stage.map(|(stage, began)| (stage, began.elapsed())));
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}
