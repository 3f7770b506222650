//! Scorecards of hubs that were loaded, beside what SQL says of their tallies.

use karat_model::attribute::EntityType;
use karat_model::finding::{Dimension, FindingNo, Subject, Tile};
use karat_model::id::SourceName;
use karat_model::record::Moment;

use crate::flow::progress::Unwatched;
use crate::operate::tests::{HUB, World};
use crate::view::{FindingQuery, FindingView, GroupScore, HubReader, Scorecard};

fn scorecard(world: &World) -> Scorecard {
    world.hub().reader().unwrap().scorecard().unwrap()
}

fn persons(scorecard: &Scorecard) -> &GroupScore {
    scorecard.customers.iter().find(|group| group.entity_type == EntityType::Person).unwrap()
}

/// The score of a tile in millionths, by one statement over the tallies of the last measure.
fn statement(tile: Tile) -> String {
    let of_tile = Dimension::ALL.iter().filter(|dimension| dimension.tile() == tile);
    let dimensions: Vec<String> = of_tile.map(|it| format!("'{}'", it.name())).collect();
    format!(
        "SELECT coalesce(round(1000000 * sum(score * criticality) / sum(criticality)), -1) FROM (
             SELECT max(criticality) AS criticality, sum(share * weight) / sum(weight) AS score
             FROM (
                 SELECT attribute_no, criticality, weight, passes * 1.0 / (passes + fails) AS share
                 FROM tally
                 WHERE measure_no = (SELECT max(measure_no) FROM measure) AND source_no = 0
                     AND entity_type IN ('person', '') AND weight > 0 AND passes + fails > 0
                     AND dimension IN ({})
             ) AS judged
             GROUP BY attribute_no
         ) AS of_attributes",
        dimensions.join(", "),
    )
}

/// Asserts that each tile is what the statement says; gives how many have a score.
fn check_tiles(world: &World, ask: impl Fn(&str) -> f64) -> usize {
    let scorecard = scorecard(world);
    let mut known = 0;
    for (tile, score) in &persons(&scorecard).tiles {
        let expected = ask(&statement(*tile));
        let millionths = score.score.map_or(-1.0, |score| score * 1_000_000.0);
        assert!((millionths - expected).abs() <= 1.0, "{tile:?}: {millionths}, not {expected}");
        assert_eq!(score.score.is_some(), score.counts.judged() > 0, "{tile:?}");
        known += usize::from(score.score.is_some());
    }
    known
}

#[test]
fn a_tile_is_one_statement_over_stored_tallies_in_both_databases() {
    let in_file = World::new();
    let connection = rusqlite::Connection::open(in_file.path("hub/karat.db")).unwrap();
    let known =
        check_tiles(&in_file, |sql| connection.query_row(sql, [], |row| row.get(0)).unwrap());
    assert!((3..6).contains(&known), "{known}: some are known, and what nobody judged is not");

    let url = karat_test_postgres::empty_schema();
    let on_server = World::saying(&format!("{HUB}database: {url}\n"));
    check_tiles(&on_server, |sql| karat_test_postgres::run(&url, sql).trim().parse().unwrap());
    assert_eq!(scorecard(&in_file), scorecard(&on_server));
}

#[test]
fn a_trend_tells_when_rules_or_weights_are_others_and_not_when_data_is() {
    let world = World::new();
    let rows = std::fs::read_to_string(world.path("crm.csv")).unwrap();
    world.write("crm.csv", &rows.replace("Ede", "").replace("Epe", ""));
    world.load();
    world.say("name: Shop", "name: Shop\nquality: { weights: { completeness: 3 } }");
    world.hub().publish(false, &|| Moment(9), &Unwatched).unwrap().unwrap();
    world.load();
    let scorecard = scorecard(&world);
    let told: Vec<(i64, bool)> =
        scorecard.trend.iter().map(|point| (point.at.0, point.counts_otherwise)).collect();
    assert!(told.contains(&(9, true)), "{told:?}");
    assert_eq!(told.iter().filter(|(_, otherwise)| *otherwise).count(), 1, "{told:?}");
    let last = scorecard.trend.last().unwrap();
    assert_eq!(last.overall, persons(&scorecard).overall.score);
    let complete = |at: usize| {
        scorecard.trend[at].tiles.iter().find(|(it, _)| *it == Tile::Complete).unwrap().1
    };
    assert!(complete(1) < complete(0), "less is filled");
}

/// All findings that are asked for, two at a time.
fn findings(world: &World, query: &FindingQuery) -> Vec<FindingView> {
    let reader = world.hub().reader().unwrap();
    let mut all = Vec::new();
    let mut after = FindingNo(0);
    loop {
        let page = reader.findings(query, after, 2).unwrap();
        assert!(page.findings.len() <= 2);
        all.extend(page.findings);
        match page.next {
            Some(next) => after = next,
            None => return all,
        }
    }
}

#[test]
fn every_fail_of_a_check_is_a_finding_that_leads_to_its_customer() {
    let world = World::new();
    let scorecard = scorecard(&world);
    let check = persons(&scorecard).checks.iter().find(|it| it.check == "phone_known").unwrap();
    let query = FindingQuery {
        rule: Some("phone_known".into()),
        is_open: Some(true),
        ..FindingQuery::default()
    };
    let of_customers =
        findings(&world, &FindingQuery { of_customers: Some(true), ..query.clone() });
    assert_eq!((of_customers.len() as u64, check.counts.fail > 0), (check.counts.fail, true));
    for view in &of_customers {
        let Subject::Customer(id) = view.finding.subject else { panic!("{view:?}") };
        assert_eq!((view.entity, view.title.is_empty()), (Some(id), false));
        assert_eq!(view.message[0], "Not as required: present: true.");
    }
    let of_records = findings(&world, &FindingQuery { of_customers: Some(false), ..query.clone() });
    let records = scorecard.sources.iter().flat_map(|group| &group.checks);
    let failed: u64 = records.filter(|it| it.check == "phone_known").map(|it| it.counts.fail).sum();
    assert_eq!((of_records.len() as u64, failed > 0), (failed, true));
    assert!(of_records.iter().all(|view| view.entity.is_some() && view.finding.record.is_some()));
    let closed = FindingQuery { is_open: Some(false), ..query.clone() };
    assert_eq!(findings(&world, &closed), []);
    let unknown = FindingQuery { source: Some(SourceName::new("unheard_of")), ..query };
    assert_eq!(findings(&world, &unknown), []);
}

#[test]
fn what_is_to_be_mended_first_does_most_harm_and_says_who_answers_for_it() {
    let world = World::new();
    std::fs::create_dir_all(world.path("hub/checks")).unwrap();
    world.write(
        "hub/checks/own.yaml",
        "checks:\n  phone_or_else:\n    { attributes: phone, present: true, severity: error, \
         cost: 90.50, owner: Sales }\n",
    );
    world.load();
    let scorecard = scorecard(&world);
    let first = &scorecard.worst[0];
    assert_eq!((first.check.as_str(), first.owner.as_deref()), ("phone_or_else", Some("Sales")));
    assert_eq!(first.cost_cents, Some(9_050 * first.failed));
    assert!(scorecard.worst.iter().any(|worst| worst.owner.is_none()));
}
