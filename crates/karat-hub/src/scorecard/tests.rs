//! Scorecards of hubs that were loaded, beside what SQL says of their tallies.

use karat_model::attribute::EntityType;
use karat_model::finding::{Dimension, FindingNo, Subject, Tile};
use karat_model::id::SourceName;
use karat_model::record::Moment;

use crate::flow::load::LoadOptions;
use crate::flow::progress::Unwatched;
use crate::operate::tests::{HUB, World};
use crate::view::{FindingQuery, FindingView, GroupScore, HubReader, Otherwise, Scorecard};

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
    let told: Vec<(i64, Option<Otherwise>)> =
        scorecard.trend.iter().map(|point| (point.at.0, point.otherwise)).collect();
    assert!(told.contains(&(9, Some(Otherwise::Weights))), "{told:?}");
    assert_eq!(told.iter().filter(|(_, otherwise)| otherwise.is_some()).count(), 1, "{told:?}");
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
        assert_eq!(view.message[0], "No phone number is known.");
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

/// A hub of persons of whom some are worth something.
fn valued(database: &str) -> World {
    let world = World::saying(&format!(
        "{HUB}attributes: {{ turnover: {{ type: number }} }}\n\
         quality: {{ value: turnover, weights: {{ completeness: 3 }} }}\n{database}"
    ));
    world.write(
        "hub/sources/crm.yaml",
        "files: [../crm.csv]\ncolumns:\n  id: source_id\n  naam: full_name\n  mail: email\n  \
         omzet: { type: number, attribute: turnover }\n",
    );
    world.write(
        "crm.csv",
        "id,naam,mail,omzet\n1,Jan Jansen,jan@voorbeeld.example,\"1.000.000,50\"\n\
         2,Bo Bakker,,250\n3,Ans Smit,ans@voorbeeld.example,veel\n4,Eva de Vries,,-12\n",
    );
    load_on(&world, 0);
    world
}

/// The score by worth in millionths, and the number of cents.
const BY_WORTH: &str = "
    SELECT round(1000000.0 * passes / (passes + fails)) FROM tally
    JOIN rule ON rule.rule_no = tally.rule_no
    WHERE measure_no = (SELECT max(measure_no) FROM measure) AND rule.name = 'value:cents'
        AND entity_type = 'person'";

/// All together in millionths, with the weights that dimensions had.
const TOGETHER: &str = "
    SELECT round(1000000 * sum(score * weight) / sum(weight)) FROM (
        SELECT dimension, sum(score * criticality) / sum(criticality) AS score FROM (
            SELECT dimension, max(criticality) AS criticality,
                sum(passes * 1.0 / (passes + fails) * weight) / sum(weight) AS score
            FROM tally
            WHERE measure_no = (SELECT max(measure_no) FROM measure) AND source_no = 0
                AND entity_type IN ('person', '') AND weight > 0 AND passes + fails > 0
            GROUP BY dimension, attribute_no
        ) AS of_attributes
        GROUP BY dimension
    ) AS of_dimensions
    JOIN (
        SELECT dimension AS name, criticality AS weight FROM tally
        JOIN rule ON rule.rule_no = tally.rule_no
        WHERE measure_no = (SELECT max(measure_no) FROM measure) AND rule.name LIKE 'dimension:%'
    ) AS weights ON weights.name = of_dimensions.dimension";

/// Asserts that what customers are worth weighs as the statements say.
fn check_worth(world: &World, ask: impl Fn(&str) -> f64) {
    let scorecard = scorecard(world);
    let group = persons(&scorecard);
    let by_value = group.by_value.clone().unwrap();
    // Who is worth `veel` or less than nothing counts for nothing here.
    assert_eq!((by_value.worth_cents, by_value.unvalued, by_value.scored), (100_025_050, 2, 4));
    let score = by_value.score().unwrap();
    assert!((score * 1_000_000.0 - ask(BY_WORTH)).abs() <= 1.0, "{score}");
    let overall = group.overall.score.unwrap();
    assert!((overall * 1_000_000.0 - ask(TOGETHER)).abs() <= 1.0, "{overall}");
    // Nearly all is worth one, of whom more is known than of the others.
    assert!(score > by_value.alike.unwrap() + 0.01, "{by_value:?}");
    assert_eq!(scorecard.trend.last().unwrap().by_value, Some(score));
}

#[test]
fn what_customers_are_worth_is_one_statement_in_both_databases() {
    let in_file = valued("");
    let connection = rusqlite::Connection::open(in_file.path("hub/karat.db")).unwrap();
    check_worth(&in_file, |sql| connection.query_row(sql, [], |row| row.get(0)).unwrap());

    let url = karat_test_postgres::empty_schema();
    let on_server = valued(&format!("database: {url}\n"));
    check_worth(&on_server, |sql| karat_test_postgres::run(&url, sql).trim().parse().unwrap());
    assert_eq!(scorecard(&in_file), scorecard(&on_server));
}

#[test]
fn a_hub_that_does_not_say_what_customers_are_worth_is_told_nothing_of_it() {
    let scorecard = scorecard(&World::new());
    assert_eq!((&persons(&scorecard).by_value, scorecard.trend[0].by_value), (&None, None));
}

#[test]
fn measures_keep_the_weights_of_their_time() {
    let world = World::new();
    let before = scorecard(&world);
    world.say("name: Shop", "name: Shop\nquality: { weights: { completeness: 9 } }");
    world.hub().publish(false, &|| Moment(9), &Unwatched).unwrap().unwrap();
    let after = scorecard(&world);
    let completeness = |at: usize| {
        let weights = &after.trend[at].weights;
        weights.iter().find(|(of, _)| *of == Dimension::Completeness).unwrap().1
    };
    assert_eq!((completeness(0), completeness(1)), (1, 9));
    assert_eq!(after.trend[0].overall, persons(&before).overall.score);
    assert_ne!(after.trend[0].overall, after.trend[1].overall);
    assert_eq!(after.trend[1].overall, persons(&after).overall.score);
    let otherwise: Vec<Option<Otherwise>> = after.trend.iter().map(|it| it.otherwise).collect();
    assert_eq!(otherwise, [None, Some(Otherwise::Weights)]);
    // Another check is another rule, and no other weight.
    std::fs::create_dir_all(world.path("hub/checks")).unwrap();
    world.write("hub/checks/own.yaml", "checks:\n  mobile: { attributes: phone, present: true }\n");
    world.hub().publish(false, &|| Moment(11), &Unwatched).unwrap().unwrap();
    assert_eq!(scorecard(&world).trend[2].otherwise, Some(Otherwise::Rules));
}

/// A moment in the middle of a day.
fn noon(day: i64) -> Moment {
    Moment((20_000 + day) * 86_400 + 43_200)
}

fn load_on(world: &World, day: i64) {
    let options = LoadOptions { retrain: false, allow_deletes: true };
    world.hub().load(options, &|| noon(day), &Unwatched).unwrap();
}

#[test]
fn what_is_right_the_first_time_is_neither_corrected_merged_nor_taken_back() {
    let world = World::new();
    let first = std::fs::read_to_string(world.path("crm.csv")).unwrap();
    load_on(&world, 0);
    let told = scorecard(&world).entered;
    assert_eq!(told.first_time_right, [], "what a source had already nobody entered");
    let row = |id: &str, rest: &str| format!("{id};{rest}\n");
    let right = row("a", "Karel Appelboom;1961-02-03;Goes;karel@voorbeeld.example");
    let mistyped = row("b", "Trijn Buitenhuis;1971-04-05;Sneek;trijn@vorbeeld.example");
    let mended = row("b", "Trijn Buitenhuis;1971-04-05;Sneek;trijn@voorbeeld.example");
    let moved = row("b", "Trijn Buitenhuis;1971-04-05;Joure;trijn@vorbeeld.example");
    let withdrawn = row("c", "Otto Zonderland;1981-06-07;Tiel;otto@voorbeeld.example");
    let twice = row("d", "Karel Appelboom;1961-02-03;Goes;karel@voorbeeld.example");
    let young = row("e", "Saar Winter;1991-08-09;Elst;");
    let deliver = |rows: &[&String], day| {
        let rows: String = rows.iter().map(|row| row.as_str()).collect();
        world.write("crm.csv", &format!("{first}{rows}"));
        load_on(&world, day);
    };
    deliver(&[&right, &mistyped, &withdrawn], 40);
    deliver(&[&right, &moved, &withdrawn, &twice], 45);
    // Where the gate does not ask, another value is no correction.
    let count = |day: i64| {
        load_on(&world, day);
        let told = scorecard(&world).entered.first_time_right;
        let [it] = &told[..] else { panic!("{told:?}") };
        let wrong = [it.corrected, it.merged, it.withdrawn];
        (it.records, it.right, wrong, it.young)
    };
    assert_eq!(count(46), (0, 0, [0, 0, 0], 4));
    deliver(&[&right, &mended, &twice, &young], 60);
    assert_eq!(count(69), (0, 0, [0, 0, 0], 5));
    assert_eq!(count(70), (3, 1, [1, 0, 1], 2));
    assert_eq!(count(75), (4, 1, [1, 1, 1], 1));
    let told = scorecard(&world).entered;
    let share = told.first_time_right[0].share().unwrap();
    assert!(share.share == 0.25 && share.low < 0.05 && share.high > 0.69, "{share:?}");
    // Of what came longer ago than a quarter nobody asks any more.
    assert_eq!(count(170), (1, 1, [0, 0, 0], 0));
}

#[test]
fn the_last_records_are_looked_at_for_errors_where_it_matters() {
    let world = World::new();
    let first = std::fs::read_to_string(world.path("crm.csv")).unwrap();
    load_on(&world, 0);
    world.write(
        "crm.csv",
        &format!(
            "{first}a;Karel Appelboom;1961-02-03;Goes;karel@voorbeeld.example\n\
             b;Trijn Buitenhuis;1971-04-05;Sneek;geen\nc;;1981-06-07;Tiel;c@voorbeeld.example\n"
        ),
    );
    load_on(&world, 1);
    let told = |world: &World| -> Vec<(u64, u64)> {
        let told = scorecard(world).entered.friday_afternoon;
        told.iter().map(|it| (it.records, it.right)).collect()
    };
    let before = told(&world);
    assert_eq!(before[0].0, 3);
    assert!(before[0].1 < 3, "{before:?}");
    // What is marked as critical counts, and nothing else.
    world.say("name: Shop", "name: Shop\nattributes: { email: { criticality: 4 } }");
    load_on(&world, 2);
    assert_eq!(told(&world), [(3, 2)]);
}

#[test]
fn who_is_deceased_is_not_mailed() {
    let world = World::new();
    let unfit = |world: &World| {
        let scorecard = scorecard(world);
        let uses = &persons(&scorecard).uses;
        let mailing = uses.iter().find(|it| it.name == "mailing").unwrap();
        let need = mailing.needs.iter().find(|(check, _)| check == "not_deceased").unwrap().1;
        let checks = &persons(&scorecard).checks;
        let check = checks.iter().find(|it| it.check == "not_deceased").unwrap().counts;
        (need, check.fail, check.judged() > 10)
    };
    assert_eq!(unfit(&world), (0, 0, true));
    let rows = std::fs::read_to_string(world.path("crm.csv")).unwrap();
    // Of one of the records of a customer it is enough.
    world.write("crm.csv", &rows.replacen("b3;E. de Vries;", "b3;E. de Vries (overleden);", 1));
    world.load();
    assert_eq!(unfit(&world), (1, 1, true));
    assert_eq!(world.found(), []);
}
