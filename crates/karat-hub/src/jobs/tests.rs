//! Jobs beside a hub that lives: one at a time, told, stopped.

use std::sync::Arc;

use karat_model::record::Moment;

use super::Jobs;
use crate::flow::load::LoadOptions;
use crate::live::LiveHub;
use crate::operate::tests::World;
use crate::view::{
    HubOperator, Job, JobFailure, JobOutcome, JobRefused, JobState, JobView, Previewed,
};

fn jobs(world: &World) -> Jobs {
    Jobs::new(&world.hub(), Arc::new(|| Moment(8)))
}

/// Waits until the job has ended; gives what came of it.
fn outcome(jobs: &Jobs) -> Result<JobOutcome, JobFailure> {
    loop {
        if let Some(JobView { state: JobState::Ended { result, .. }, .. }) = jobs.job() {
            return result.as_ref().clone();
        }
        std::thread::yield_now();
    }
}

fn done(jobs: &Jobs, job: Job) -> Result<JobOutcome, JobFailure> {
    jobs.begin(job, "Eva").unwrap();
    outcome(jobs)
}

fn previewed(jobs: &Jobs) -> Previewed {
    match done(jobs, Job::Preview { retrain: false }) {
        Ok(JobOutcome::Previewed(previewed)) => previewed,
        other => panic!("{other:?}"),
    }
}

fn publication_of(previewed: &Previewed) -> Job {
    Job::Publish { retrain: false, seen: Some(previewed.hub_model.clone()) }
}

#[test]
fn what_is_previewed_is_published_and_taken_back_while_the_hub_lives() {
    let world = World::new();
    let live = LiveHub::start(&world.hub(), Box::new(|| Moment(7))).unwrap();
    let (jobs, before) = (jobs(&world), world.crosswalk());
    assert_eq!(jobs.job(), None);

    world.say("link_threshold: 0", "link_threshold: 90");
    let told = previewed(&jobs);
    assert_eq!((told.effect.split, told.release), (24, 1));
    assert_eq!(world.crosswalk(), before, "nothing is written");
    let last = jobs.job().unwrap();
    assert_eq!((last.no.0, last.asked_by.as_str(), last.asked_at), (1, "Eva", Moment(8)));

    let Ok(JobOutcome::Published(Some(published))) = done(&jobs, publication_of(&told)) else {
        panic!("{:?}", jobs.job())
    };
    assert_eq!(published.changes.split, told.effect.split);
    assert_ne!(world.crosswalk(), before);

    let Ok(JobOutcome::RolledBack(rolled)) = done(&jobs, Job::RollBack { to: 1, discard: false })
    else {
        panic!("{:?}", jobs.job())
    };
    assert_eq!((rolled.to, rolled.files.len()), (1, 1));
    assert_eq!(world.crosswalk(), before);
    // Who asked is kept with what came of it; the first one came before anybody was asked.
    let by: Vec<Option<String>> =
        world.hub().releases().unwrap().into_iter().map(|(release, _)| release.by).collect();
    assert_eq!(by, [None, Some("Eva".into()), Some("Eva".into())]);
    live.stop().unwrap();
}

#[test]
fn a_load_reads_the_sources_as_the_folder_says_them_now() {
    let world = World::new();
    let jobs = jobs(&world);
    let crm = std::fs::read_to_string(world.path("crm.csv")).unwrap();
    world.write("crm.csv", &format!("{crm}new;Tom Blok;;Ede;\n"));
    let options = LoadOptions { retrain: false, allow_deletes: false };
    let Ok(JobOutcome::Loaded(report)) = done(&jobs, Job::Load(options)) else { panic!() };
    assert_eq!(report.arrivals[0].new, 1);
    assert_eq!(world.crosswalk().len(), 37);
}

#[test]
fn nothing_is_published_that_was_not_seen() {
    let world = World::new();
    let jobs = jobs(&world);
    world.say("link_threshold: 0", "link_threshold: 90");
    let told = previewed(&jobs);
    world.say("link_threshold: 90", "link_threshold: 80");
    let failure = done(&jobs, publication_of(&told)).unwrap_err();
    assert!(failure.causes[0].contains("says something else"), "{failure:?}");
    assert!(!failure.is_stopped && failure.hint.is_some());
    assert_eq!(world.hub().releases().unwrap().len(), 1);
}

#[test]
fn a_failure_is_told_with_its_causes() {
    let world = World::new();
    let jobs = jobs(&world);
    world.say("name: Shop", "nam: Shop");
    let failure = done(&jobs, Job::Preview { retrain: false }).unwrap_err();
    assert!(failure.causes[0].starts_with("the hub model has mistakes"), "{failure:?}");
    world.say("nam: Shop", "name: Shop\ndatabase: postgresql://karat@elsewhere.example/shop");
    let failure = done(&jobs, Job::Publish { retrain: false, seen: None }).unwrap_err();
    assert!(failure.causes[0].contains("another database"), "{failure:?}");
    let failure = done(&jobs, Job::RollBack { to: 9, discard: true }).unwrap_err();
    assert_eq!(failure.causes, ["there is no release 9"]);
}

#[test]
fn one_runs_at_a_time_and_a_stopped_one_leaves_the_hub_as_it_was() {
    let world = World::new();
    let (jobs, before) = (jobs(&world), world.crosswalk());
    world.say("link_threshold: 0", "link_threshold: 90");
    // Whoever publishes waits for the turn, which another has.
    let mut store = world.hub().database().open_writer().unwrap();
    let load = store.begin_load(Moment(7)).unwrap();
    let no = jobs.begin(Job::Publish { retrain: false, seen: None }, "Eva").unwrap();
    let refused = jobs.begin(Job::Preview { retrain: false }, "Bo");
    let Err(JobRefused::AnotherRuns(running)) = refused else { panic!("{refused:?}") };
    assert_eq!((running.no, running.asked_by.as_str()), (no, "Eva"));
    jobs.stop(no);
    store.finish_load(load, Moment(7), "{}").unwrap();
    store.close().unwrap();
    let failure = outcome(&jobs).unwrap_err();
    assert!(failure.is_stopped, "{failure:?}");
    assert_eq!(world.crosswalk(), before);
    assert!(matches!(previewed(&jobs), Previewed { release: 1, .. }), "the next one may begin");
}

#[test]
fn closing_stops_what_runs_and_begins_nothing_more() {
    let world = World::new();
    let jobs = jobs(&world);
    jobs.begin(Job::Preview { retrain: true }, "Eva").unwrap();
    jobs.close();
    assert!(!jobs.job().unwrap().is_running());
    let refused = jobs.begin(Job::Preview { retrain: false }, "Eva");
    assert!(matches!(refused, Err(JobRefused::Stopped)));
}
