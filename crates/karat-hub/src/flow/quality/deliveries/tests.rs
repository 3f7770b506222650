//! Deliveries of hubs that are loaded day by day, and what is told of them.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use karat_model::finding::{ClosedBecause, FindingNo, Severity, Subject, Tile};
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::Moment;
use karat_store::TallyRow;

use super::{Deliveries, ToldDelivery};
use crate::feedback::FeedbackState;
use crate::flow::load::{LoadOptions, LoadReport};
use crate::flow::progress::Unwatched;
use crate::hub::Hub;
use crate::invented::{FAMILY, GIVEN};
use crate::live::Writer;
use crate::operate::verify::VerifyOptions;
use crate::view::{
    Change, ChangeRequest, Changed, Condition, FindingQuery, FindingView, FollowUpQuery, HubReader,
};

const SOURCE: &str = "\
files: [../FILE.csv]
columns:
  id: source_id
  naam: full_name
  mail: email
  soort: { type: category, attribute: segment }
  saldo: { type: number, attribute: balance }
";

const HUB: &str = "\
name: Shop
attributes:
  segment: { type: category }
  balance: { type: number }
";

/// A hub of people of a CRM, and a clock.
struct Daily {
    folder: tempfile::TempDir,
    now: Arc<AtomicI64>,
}

/// A row of a file.
#[derive(Clone)]
struct Row {
    id: usize,
    mail: bool,
    segment: &'static str,
    balance: i64,
}

fn rows(count: usize) -> Vec<Row> {
    (0..count).map(|id| Row { id, mail: id % 10 > 0, segment: "A", balance: 100 }).collect()
}

impl Daily {
    fn new(checks: &str) -> Daily {
        Daily::on(checks, HUB)
    }

    fn on(checks: &str, hub: &str) -> Daily {
        let folder = tempfile::tempdir().unwrap();
        // 2026-11-23, at six in the morning.
        let now = Arc::new(AtomicI64::new(20_780 * 86_400 + 6 * 3_600));
        let daily = Daily { folder, now };
        daily.write("hub/hub.yaml", hub);
        daily.write("hub/checks/deliveries.yaml", checks);
        daily.source("crm", "full");
        daily
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn source(&self, name: &str, delivery: &str) {
        let text = format!("delivery: {delivery}\n{}", SOURCE.replace("FILE", name));
        self.write(&format!("hub/sources/{name}.yaml"), &text);
    }

    fn deliver(&self, source: &str, rows: &[Row]) {
        let mut text = String::from("id;naam;mail;soort;saldo\n");
        for Row { id, mail, segment, balance } in rows {
            let (given, family) = (GIVEN[id % GIVEN.len()], FAMILY[id / 3 % FAMILY.len()]);
            let mail = if *mail { format!("post{id}@voorbeeld.example") } else { String::new() };
            writeln!(text, "{id};{given} {family};{mail};{segment};{balance}").unwrap();
        }
        self.write(&format!("{source}.csv"), &text);
    }

    fn hub(&self) -> Hub {
        Hub::open(&self.folder.path().join("hub")).unwrap()
    }

    fn now(&self) -> Moment {
        Moment(self.now.load(Ordering::Relaxed))
    }

    fn hours_pass(&self, hours: i64) {
        self.now.fetch_add(hours * 3_600, Ordering::Relaxed);
    }

    fn load(&self) -> LoadReport {
        let options = LoadOptions { retrain: false, allow_deletes: true };
        self.hub().load(options, &|| self.now(), &Unwatched).unwrap()
    }

    /// A day later, these rows are delivered and loaded.
    fn next_day(&self, rows: &[Row]) -> LoadReport {
        self.hours_pass(24);
        self.deliver("crm", rows);
        self.load()
    }

    fn check_sound(&self) {
        let options = VerifyOptions { every_search: false };
        let verified = self.hub().verify(options, &Unwatched).unwrap();
        assert!(verified.is_sound(), "{verified:?}");
    }

    /// All findings about sources.
    fn findings(&self) -> Vec<FindingView> {
        let reader = self.hub().reader().unwrap();
        let of_source = |view: &FindingView| matches!(view.finding.subject, Subject::Source(_));
        let mut findings = Vec::new();
        let mut after = Some(FindingNo(0));
        while let Some(no) = after {
            let page = reader.findings(&FindingQuery::default(), no, 10_000).unwrap();
            findings.extend(page.findings.into_iter().filter(of_source));
            after = page.next;
        }
        findings
    }

    /// Those that are open, by check and column.
    fn open(&self) -> Vec<String> {
        let findings = self.findings();
        let open = findings.iter().filter(|view| view.finding.closed.is_none());
        let mut open: Vec<String> = open
            .map(|FindingView { finding, .. }| {
                let Subject::Source(source) = &finding.subject else { unreachable!() };
                let column = finding.column.as_deref().unwrap_or("-");
                format!("{source} {} {column}", finding.rule)
            })
            .collect();
        open.sort();
        open
    }
}

fn told(wrong: &[ToldDelivery]) -> Vec<String> {
    let line = |it: &ToldDelivery| {
        let column = it.column.as_deref().unwrap_or("-");
        format!("{} {} {column}: {}", it.source, it.check, it.figures[0])
    };
    wrong.iter().map(line).collect()
}

#[test]
fn fewer_rows_and_an_emptied_column_raise_alarms_until_all_is_as_usual_again() {
    let daily = Daily::new("");
    for _ in 0..3 {
        let report = daily.next_day(&rows(40));
        assert_eq!(report.wrong, []);
    }
    daily.check_sound();
    let mut fewer = rows(28);
    fewer.iter_mut().for_each(|row| row.mail = false);
    let report = daily.next_day(&fewer);
    let expected = [
        "crm delivery_null_rate mail: 100 % empty instead of about 10 %",
        "crm delivery_volume -: 28 records instead of about 40",
    ];
    let mut lines = told(&report.wrong);
    lines.sort();
    assert_eq!(lines, expected);
    assert!(report.wrong.iter().all(|it| !it.is_error()), "alarms are warnings");
    assert_eq!(daily.open(), ["crm delivery_null_rate mail", "crm delivery_volume -"]);
    let followed = |state: Option<FeedbackState>, after: u64, limit: usize| {
        let query = FollowUpQuery { source: Some(SourceName::new("crm")), state };
        let reader = daily.hub().reader().unwrap();
        let page = reader.follow_ups(&query, FindingNo(after), limit).unwrap();
        let of_source = |it: &&FindingView| matches!(it.finding.subject, Subject::Source(_));
        (page.findings.iter().filter(of_source).count(), page.next)
    };
    assert_eq!(followed(None, 0, 10_000), (2, None));
    assert_eq!(followed(Some(FeedbackState::Open), 0, 10_000), (2, None));
    assert_eq!(followed(Some(FeedbackState::Closed), 0, 10_000), (0, None));
    let mut pages = vec![followed(None, 0, 1)];
    while let (_, Some(next)) = pages[pages.len() - 1] {
        pages.push(followed(None, next.0, 1));
    }
    assert_eq!(pages.iter().map(|(count, _)| count).sum::<usize>(), 2, "by ones as well");
    let of_volume = daily.findings().into_iter().find(|it| it.finding.column.is_none()).unwrap();
    assert_eq!(of_volume.severity, Severity::Warning);
    assert_eq!(
        of_volume.message[0],
        "The delivery does not have as many records as usual (28 records instead of about 40)."
    );
    assert_eq!(
        of_volume.message[1],
        "De levering heeft niet zoveel records als gewoonlijk (28 records in plaats van ongeveer 40)."
    );
    daily.check_sound();
    // All that was delivered is there.
    assert_eq!(daily.hub().reader().unwrap().overview().unwrap().sources[0].records, 28);
    let scorecard = daily.hub().reader().unwrap().scorecard().unwrap();
    let [of_source] = &scorecard.sources[..] else { panic!("one source") };
    let of = |name: &str| of_source.checks.iter().find(|it| it.check == name).unwrap().counts;
    assert_eq!((of("delivery_volume").fail, of("delivery_null_rate").fail), (1, 1));
    let tile = |tile| of_source.tiles.iter().find(|(it, _)| *it == tile).unwrap().1;
    let before = tile(Tile::Correct);

    let report = daily.next_day(&rows(40));
    assert_eq!((report.wrong, daily.open()), (vec![], vec![]));
    let closed = daily.findings();
    assert_eq!(closed.len(), 2);
    for FindingView { finding, .. } in closed {
        assert_eq!(finding.closed.unwrap().because, ClosedBecause::Passes);
    }
    let scorecard = daily.hub().reader().unwrap().scorecard().unwrap();
    let [of_source] = &scorecard.sources[..] else { panic!("one source") };
    let after = of_source.tiles.iter().find(|(it, _)| *it == Tile::Correct).unwrap().1;
    assert!(after.score > before.score, "{after:?} {before:?}");
    daily.check_sound();
}

#[test]
fn what_is_delivered_again_on_one_day_counts_without_anything_being_published() {
    let declared = "\
standard: false
checks:
  soon: { freshness: 26h, severity: error }
  as_many: { sources: [crm], volume: { drop_max: 10 % } }
";
    let daily = Daily::new(declared);
    daily.source("erp", "full");
    daily.deliver("crm", &rows(20));
    let report = daily.load();
    assert_eq!(told(&report.wrong), ["erp soon -: nothing was delivered yet"]);
    assert!(report.wrong[0].is_error() && report.published.is_some());
    let tally = |daily: &Daily| {
        let reader = daily.hub().database().open_reader().unwrap();
        let tallies = reader.tallies(None).unwrap();
        let is_of_delivery = |it: &&TallyRow| it.entity_type.is_none() && it.source.is_some();
        let of_deliveries = tallies.iter().filter(is_of_delivery);
        of_deliveries.map(|it| (it.counts.pass, it.counts.fail)).collect::<Vec<_>>()
    };
    daily.hours_pass(1);
    daily.deliver("erp", &rows(10));
    let report = daily.load();
    assert!(report.published.is_some());
    assert_eq!((report.wrong, daily.open()), (vec![], vec![]));
    daily.hours_pass(1);
    let report = daily.load();
    assert!(report.published.is_none(), "no record is another");
    assert_eq!((report.wrong, daily.open()), (vec![], vec![]));
    assert_eq!(tally(&daily), [(1, 0), (1, 0), (1, 0)]);
    daily.check_sound();
    let kept = Deliveries::read(daily.hub().database().open_reader().unwrap().as_ref()).unwrap();
    let volumes = kept.of(&SourceName::new("crm")).unwrap().deliveries.iter().map(|it| it.rows);
    assert_eq!(volumes.collect::<Vec<u64>>(), [20, 20, 20]);

    // Nobody delivers any more: that is seen when the day is another.
    std::fs::remove_file(daily.folder.path().join("crm.csv")).unwrap();
    std::fs::remove_file(daily.folder.path().join("erp.csv")).unwrap();
    daily.hours_pass(48);
    daily.hub().publish(false, &|| daily.now(), &Unwatched).unwrap().unwrap();
    assert_eq!(daily.open(), ["crm soon -", "erp soon -"]);
    daily.check_sound();
    daily.deliver("crm", &rows(20));
    daily.deliver("erp", &rows(10));
    daily.load();
    assert_eq!(daily.open(), Vec::<String>::new());
    daily.check_sound();
}

const EVERY_WORD: &str = "\
standard: false
checks:
  covers: { sources: [crm], record_coverage: { of: erp, min: 95 % } }
  same_number: { sources: [crm], reconciliation: { with: erp } }
  same_balance: { sources: [crm], reconciliation: { with: erp, sum: balance, tolerance: 0.1 % } }
  soon: { sources: [crm], freshness: 26h }
  at_once: { sources: [crm], propagation_latency: 1h }
  as_many: { sources: [crm], volume: { drop_max: 10 % }, severity: error }
  like_before: { sources: [crm], attributes: segment, drift: { psi_max: 0.25 } }
  same_segments: { sources: [crm], attributes: segment, group_evolution: { new_max: 0 } }
  usual_balance: { sources: [crm], attributes: balance, outlier: { deviations_max: 4 } }
";

#[test]
fn each_word_of_deliveries_finds_what_it_is_about_in_both_databases() {
    let url = karat_test_postgres::empty_schema();
    for hub in [HUB.to_string(), format!("{HUB}database: {url}\n")] {
        let daily = Daily::on(EVERY_WORD, &hub);
        daily.source("erp", "full");
        daily.deliver("erp", &rows(150));
        for day in 0..6 {
            let mut rows = rows(150);
            // Means vary a little, and sums agree.
            rows[0].balance += day % 2;
            rows[1].balance -= day % 2;
            rows[2].balance += i64::from(day == 3);
            assert_eq!(told(&daily.next_day(&rows).wrong), [""; 0], "{day}");
        }
        let mut wrong = rows(120);
        for row in &mut wrong {
            (row.segment, row.balance) = (if row.id % 2 == 0 { "A" } else { "B" }, 900);
        }
        let mut lines = told(&daily.next_day(&wrong).wrong);
        lines.sort();
        assert_eq!(
            lines,
            [
                "crm as_many -: 120 records instead of about 150",
                "crm covers -: 120 records instead of at least 143",
                "crm like_before -: stability index 4.6 instead of at most 0.25",
                "crm same_balance -: 108000 instead of about 15000",
                "crm same_number -: 120 records instead of about 150",
                "crm same_segments -: 1 value instead of at most 0",
                "crm usual_balance -: 900 instead of about 100.0011",
            ]
        );
        daily.check_sound();
        let open = daily.open();
        assert_eq!(open.len(), 7, "{open:?}");
        let errors = daily.findings().into_iter().filter(|it| it.severity == Severity::Error);
        assert_eq!(errors.map(|it| it.finding.rule.to_string()).collect::<Vec<_>>(), ["as_many"]);
    }
}

#[test]
fn what_comes_record_by_record_is_a_delivery_of_its_day() {
    let daily = Daily::new("");
    daily.source("app", "changes");
    daily.deliver("crm", &rows(20));
    daily.load();
    let hub = daily.hub();
    let now = daily.now.clone();
    let mut writer =
        Writer::open(&hub, Box::new(move || Moment(now.load(Ordering::Relaxed)))).unwrap();
    let mut id = 0;
    let app = SourceName::new("app");
    for day in 0..25 {
        let count = if day == 24 { 10 } else { 60 };
        daily.hours_pass(2);
        for _ in 0..count {
            id += 1;
            let name = format!("{} {}", GIVEN[id % GIVEN.len()], FAMILY[id % FAMILY.len()]);
            let values = vec![("naam".to_string(), name)];
            let key = RecordKey { source: app.clone(), id: format!("{id}").into() };
            let condition = Condition::None;
            let change = Change::Upsert { key, values, observed_at: None, condition };
            let request = ChangeRequest::of(change);
            let Changed::Now(_) = writer.change(&[request]).pop().unwrap().unwrap() else {
                panic!("nothing is repeated")
            };
        }
        daily.hours_pass(22);
        assert!(writer.judge_if_new_day().unwrap());
        let expected: &[&str] = if day == 24 { &["app delivery_volume -"] } else { &[] };
        assert_eq!(daily.open(), expected, "{day}");
    }
    daily.check_sound();
    let kept = Deliveries::read(hub.database().open_reader().unwrap().as_ref()).unwrap();
    let of_app = kept.of(&app).unwrap();
    let volumes: Vec<u64> = of_app.deliveries.iter().map(|it| it.rows).collect();
    assert_eq!(volumes, [&[60; 24][..], &[10]].concat());
    // The CRM brought files, so what changes there is none.
    assert_eq!(kept.of(&SourceName::new("crm")).unwrap().deliveries.len(), 1);
}

#[test]
fn two_months_of_a_feed_with_quiet_weekends_raise_no_alarm_and_a_drop_does() {
    let daily = Daily::new("");
    daily.source("crm", "changes");
    let mut opened = 0;
    let day = |day: usize, share: usize| {
        let usual = if day % 7 >= 5 { 40 } else { 130 };
        // A few more or fewer, as it comes.
        let count = (usual + day * 37 % 11) * share / 100;
        let mut rows = rows(count);
        rows.iter_mut().for_each(|row| {
            row.segment = ["A", "B", "C"][(row.id * 7 + day) % 3];
            row.mail = !(row.id * 13 + day * 5).is_multiple_of(10);
            row.balance = (row.id * 31 % 50) as i64;
        });
        rows
    };
    for at in 0..60 {
        let report = daily.next_day(&day(at, 100));
        opened += report.wrong.len();
    }
    assert_eq!(opened, 0);
    let report = daily.next_day(&day(60, 50));
    assert_eq!(
        report.wrong.iter().map(|it| it.check.as_str()).collect::<Vec<_>>(),
        ["delivery_volume"]
    );
    daily.check_sound();
}
