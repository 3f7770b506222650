//! What is told beforehand is what happens.

use karat_model::record::Moment;

use crate::flow::load::TrainingReason;
use crate::flow::progress::{Progress, Stage, Unwatched};
use crate::flow::releases::ReleaseReason;
use crate::operate::tests::World;

/// Counts how often records are cleaned and matched.
#[derive(Default)]
struct Counted(std::sync::Mutex<Vec<Stage>>);

impl Progress for Counted {
    fn begin(&self, stage: Stage, _: u64) {
        self.0.lock().unwrap().push(stage);
    }
    fn reached(&self, _: u64) {}
    fn end(&self) {}
}

#[test]
fn nothing_would_change_when_nothing_did() {
    let world = World::new();
    let hub = world.hub();
    let effect = hub.what_if(hub.model(), false, &Unwatched).unwrap();
    assert_eq!((effect.reason, effect.trained, effect.is_behind), (None, None, false));
    assert_eq!((effect.merged, effect.split, effect.changed, effect.created), (0, 0, 0, 0));
    assert_eq!(effect.types[0].entities, [12, 12]);
    assert!(effect.attributes.is_empty() && effect.largest.is_empty());
}

#[test]
fn a_threshold_is_previewed_as_it_is_published() {
    let world = World::new();
    world.say("link_threshold: 0", "link_threshold: 90");
    let hub = world.hub();
    let (crosswalk, events) = (world.crosswalk(), world.events());
    let stages = Counted::default();
    let effect = hub.what_if(hub.model(), false, &stages).unwrap();
    use Stage::{Clean, Compare, Match};
    assert_eq!(*stages.0.lock().unwrap(), [Clean, Match, Compare], "once, and nothing is learnt");
    assert_eq!((world.crosswalk(), world.events()), (crosswalk, events), "nothing is written");
    assert_eq!((effect.reason, effect.trained), (Some(ReleaseReason::Thresholds), None));
    let link = effect.types[0].thresholds.unwrap().link;
    assert_eq!(link.map(|weight| weight.bits()), [0.0, 90.0]);
    assert_eq!(effect.types[0].entities, [12, 36]);
    assert_eq!(effect.largest.len(), 20, "the first of 24");
    assert!(effect.largest.iter().all(|change| !change.is_merge && change.records == 1));

    let changes = hub.publish(false, &|| Moment(8), &Unwatched).unwrap().unwrap().changes;
    assert_eq!((effect.created, effect.split), (changes.created, changes.split));
    assert_eq!((effect.merged, effect.deleted), (changes.merged, changes.deleted));
    assert_eq!((effect.created, effect.split), (0, 24));

    // And the other way round.
    world.say("link_threshold: 90", "link_threshold: 0");
    let hub = world.hub();
    let effect = hub.what_if(hub.model(), false, &Unwatched).unwrap();
    assert_eq!((effect.merged, effect.types[0].entities), (24, [36, 12]));
    assert!(effect.largest.iter().all(|change| change.is_merge));
    let changes = hub.publish(false, &|| Moment(9), &Unwatched).unwrap().unwrap().changes;
    assert_eq!((effect.merged, effect.split), (changes.merged, changes.split));
}

#[test]
fn survivorship_changes_values_and_no_customer() {
    let world = World::new();
    world.say(
        "gate: off",
        "gate: off\nsurvivorship:\n  name: [trust, frequency]\n  address: [recency]",
    );
    let hub = world.hub();
    let effect = hub.what_if(hub.model(), false, &Unwatched).unwrap();
    assert_eq!((effect.reason, effect.trained), (Some(ReleaseReason::Values), None));
    assert_eq!((effect.merged, effect.split), (0, 0));
    let sum: u64 = effect.attributes.iter().map(|of| of.changed).max().unwrap_or(0);
    assert!(sum <= effect.changed);
    let told = effect.to_json(true).to_string();
    assert!(!told.contains("Jansen"), "values are masked");
    let changes = hub.publish(false, &|| Moment(8), &Unwatched).unwrap().unwrap().changes;
    assert_eq!((changes.updated, changes.created), (effect.changed, 0));
}

#[test]
fn what_records_say_is_learnt_anew() {
    let world = World::new();
    let crm = std::fs::read_to_string(world.path("hub/sources/crm.yaml")).unwrap();
    world.write("hub/sources/crm.yaml", &crm.replace("  mail: email\n", "  mail: ignored\n"));
    let hub = world.hub();
    let effect = hub.what_if(hub.model(), false, &Unwatched).unwrap();
    assert_eq!(effect.trained, Some(TrainingReason::HubModelChanged));
    let emptied = effect.attributes.iter().find(|of| of.name == "email").unwrap();
    assert_eq!((emptied.changed, emptied.emptied), (12, 12));
    assert_eq!(emptied.label, ["E-mail".to_string(), "E-mail".to_string()]);
    let effect = hub.what_if(hub.model(), true, &Unwatched).unwrap();
    assert_eq!(effect.reason, Some(ReleaseReason::Retrained));
}
