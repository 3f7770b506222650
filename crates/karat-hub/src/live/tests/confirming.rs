//! What people find out of values counts at once, and so does a new day.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use karat_model::attribute::AttributeId;
use karat_model::check::Day;
use karat_model::confirmation::{ConfirmationKind, ConfirmationNo};
use karat_model::finding::FindingNo;
use karat_model::id::RecordKey;
use karat_model::record::Moment;

use crate::flow::load::LoadOptions;
use crate::flow::progress::Unwatched;
use crate::flow::quality::Kept;
use crate::hub::Hub;
use crate::invented::{FAMILY, GIVEN};
use crate::live::Writer;
use crate::operate::verify::VerifyOptions;
use crate::view::{
    Change, ChangeOutcome, ChangeRequest, Changed, Condition, CustomerLookup, FindingQuery,
    HubReader, LastSeen, Queue, QueueQuery, Refused, Sure,
};

const SOURCE: &str = "\
files: [../crm.csv]
delivery: changes
columns:
  id: source_id
  naam: full_name
  geboren: birth_date
  mail: email
  mail2: email
  straat: street
  nr: house_number
  gewijzigd: updated_at
";

const COLUMNS: [&str; 7] = ["naam", "geboren", "mail", "mail2", "straat", "nr", "gewijzigd"];

/// The day on which the hub is loaded.
const LOADED: Day = Day(20_700);

/// A hub of some people, the first of whom has two addresses for mail, and a clock.
struct Living {
    folder: tempfile::TempDir,
    day: Arc<AtomicI64>,
    writer: Writer,
}

impl Living {
    fn new() -> Living {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::create_dir_all(folder.path().join("hub/sources")).unwrap();
        write("hub/hub.yaml", "name: Shop\n");
        write("hub/sources/crm.yaml", SOURCE);
        let rows = (0..20).map(|at| format!("{at};{}\n", values(at).join(";")));
        write("crm.csv", &format!("id;{}\n{}", COLUMNS.join(";"), rows.collect::<String>()));
        let day = Arc::new(AtomicI64::new(LOADED.0.into()));
        let hub = Hub::open(&folder.path().join("hub")).unwrap();
        let options = LoadOptions { retrain: false, allow_deletes: false };
        hub.load(options, &|| at(LOADED), &Unwatched).unwrap();
        let writer = Living::open(&hub, &day);
        Living { folder, day, writer }
    }

    fn open(hub: &Hub, day: &Arc<AtomicI64>) -> Writer {
        let day = day.clone();
        let clock = move || Moment(day.load(Ordering::Relaxed) * 86_400 + 7);
        Writer::open(hub, Box::new(clock)).unwrap()
    }

    fn hub(&self) -> Hub {
        Hub::open(&self.folder.path().join("hub")).unwrap()
    }

    fn days_pass(&self, days: i64) {
        self.day.fetch_add(days, Ordering::Relaxed);
    }

    fn ask(&mut self, change: Change) -> Result<ChangeOutcome, Refused> {
        let request = ChangeRequest::of(change);
        match self.writer.change(&[request]).pop().unwrap()? {
            Changed::Now(outcome) => Ok(*outcome),
            Changed::Before(_) => panic!("nothing is repeated"),
        }
    }

    fn confirm(
        &mut self,
        id: &str,
        attribute: &str,
        value: Option<&str>,
        kind: ConfirmationKind,
    ) -> Result<Vec<ConfirmationNo>, Refused> {
        let (steward, reason) = ("eva".to_string(), String::new());
        let (attribute, value) = (attribute.to_string(), value.map(str::to_string));
        let change = Change::Confirm { key: key(id), attribute, value, kind, steward, reason };
        self.ask(change).map(|outcome| outcome.confirmations.unwrap())
    }

    fn withdraw(&mut self, no: u64) -> Result<ChangeOutcome, Refused> {
        let (steward, reason) = ("eva".to_string(), String::new());
        self.ask(Change::Withdraw { confirmation: ConfirmationNo(no), steward, reason })
    }

    /// How sure the first value of an attribute of the customer with a record is.
    fn sure(&self, id: &str, attribute: AttributeId) -> Sure {
        let hub = self.hub().reader().unwrap();
        let entity = hub.entity_of(&key(id)).unwrap().unwrap();
        let CustomerLookup::Found(customer) = hub.customer(entity).unwrap() else { panic!() };
        let values = customer.golden.values.iter().zip(&customer.sure);
        let of_it = values.filter(|(value, _)| value.attribute == attribute);
        let found: Vec<Sure> = of_it.filter_map(|(_, sure)| *sure).collect();
        found[0]
    }

    /// The checks that customers fail, with the record that says so.
    fn failing(&self) -> Vec<String> {
        let query = FindingQuery {
            is_open: Some(true),
            of_customers: Some(true),
            ..FindingQuery::default()
        };
        let page = self.hub().reader().unwrap().findings(&query, FindingNo(0), 1000).unwrap();
        let failing = page.findings.iter().filter_map(|view| {
            let rule = view.finding.rule.as_str();
            let counts = rule.ends_with("_current") || rule.ends_with("_arrives");
            counts.then(|| format!("{rule} {}", view.finding.record.as_ref().unwrap().id))
        });
        let mut failing: Vec<String> = failing.collect();
        failing.sort();
        failing
    }

    fn queue(&self, query: &QueueQuery) -> Queue {
        self.hub().reader().unwrap().currency_queue(query, 100).unwrap()
    }

    fn is_sound(&self) -> bool {
        let options = VerifyOptions { every_search: false };
        self.hub().verify(options, &Unwatched).unwrap().is_sound()
    }
}

fn at(day: Day) -> Moment {
    Moment(i64::from(day.0) * 86_400 + 7)
}

fn key(id: &str) -> RecordKey {
    format!("crm/{id}").parse().unwrap()
}

fn values(at: usize) -> [String; 7] {
    let (given, family) = (GIVEN[at], FAMILY[at % FAMILY.len()]);
    let mail = |number: usize| format!("{}{number}@post.example", given.to_lowercase());
    let second = if at == 0 { mail(100) } else { String::new() };
    let born = format!("{}-{}-19{}", 1 + at, 1 + at % 12, 60 + at);
    let street = format!("{family}straat");
    let said_on = "2026-08-01".to_string();
    [format!("{given} {family}"), born, mail(at), second, street, at.to_string(), said_on]
}

#[test]
fn what_came_back_is_not_current_until_the_customer_says_so() {
    use ConfirmationKind::{Bounced, Customer};
    let mut hub = Living::new();
    let before = hub.sure("3", AttributeId::EMAIL);
    assert!(before.probability.unwrap() > 0.9, "{before:?}");
    assert_eq!((hub.failing(), hub.queue(&QueueQuery::default()).total), (Vec::new(), 0));

    let made = hub.confirm("3", "email", None, Bounced).unwrap();
    assert_eq!(made, [ConfirmationNo(1)]);
    let refuted = Sure { last_seen: LastSeen::Refuted, probability: Some(0.0) };
    assert_eq!(hub.sure("3", AttributeId::EMAIL), refuted);
    assert_eq!(hub.failing(), ["email_arrives 3", "email_current 3"]);
    assert_eq!(hub.sure("4", AttributeId::EMAIL), before, "of nobody else");
    assert!(hub.is_sound());
    let unsure = hub.queue(&QueueQuery::default());
    let told = &unsure.values[0];
    assert_eq!((unsure.total, told.record.clone(), told.probability), (1, key("3"), 0.0));
    assert_eq!(told.uses, ["email", "invoice", "identify"], "what asks something of it");
    let of_use = |name: &str| {
        let query = QueueQuery { use_name: Some(name.into()), ..QueueQuery::default() };
        hub.queue(&query).total
    };
    assert_eq!((of_use("email"), of_use("mailing")), (1, 0));

    // On the same day.
    hub.confirm("3", "email", None, Customer).unwrap();
    let confirmed = hub.sure("3", AttributeId::EMAIL);
    assert_eq!(confirmed, Sure { last_seen: LastSeen::On(LOADED), probability: Some(1.0) });
    assert_eq!(hub.failing(), Vec::<String>::new());
    assert!(hub.is_sound());

    // Undoing what the customer said leaves what came back.
    hub.withdraw(2).unwrap();
    assert_eq!(hub.sure("3", AttributeId::EMAIL), refuted);
    assert!(hub.is_sound());

    // Another value at the same place is touched by neither.
    let [name, born, _, second, street, number, said_on] = values(3);
    let other = [name, born, "elders@post.example".into(), second, street, number, said_on];
    let values = COLUMNS.iter().zip(other).map(|(column, value)| (column.to_string(), value));
    let (observed_at, condition) = (Some(at(Day(20_690))), Condition::None);
    let values = values.collect();
    hub.ask(Change::Upsert { key: key("3"), observed_at, values, condition }).unwrap();
    let now = hub.sure("3", AttributeId::EMAIL);
    assert_eq!(now.last_seen, LastSeen::On(Day(20_690)));
    assert_eq!(hub.failing(), Vec::<String>::new());
    let told = hub.hub().reader().unwrap().confirmations(&key("3")).unwrap().unwrap();
    let told: Vec<(u64, bool, bool)> =
        told.iter().map(|it| (it.confirmation.no.0, it.undone.is_some(), it.is_of_now)).collect();
    assert_eq!(told, [(1, false, false), (2, true, false)]);
    assert!(hub.is_sound());
}

#[test]
fn an_address_comes_back_as_a_whole() {
    let mut hub = Living::new();
    let made = hub.confirm("5", "address", None, ConfirmationKind::MailReturned).unwrap();
    assert_eq!(made.len(), 2, "street and house number");
    assert_eq!(hub.sure("5", AttributeId::STREET).probability, Some(0.0));
    assert_eq!(hub.failing(), ["address_current 5", "post_arrives 5"]);
    assert!(hub.is_sound());
}

#[test]
fn what_cannot_be_meant_is_refused() {
    use ConfirmationKind::{Bounced, Customer, MailReturned, WrongNumber};
    let mut hub = Living::new();
    let mut refused = |id: &str, attribute: &str, value: Option<&str>, kind| {
        format!("{:?}", hub.confirm(id, attribute, value, kind).unwrap_err())
    };
    assert!(refused("99", "email", None, Bounced).starts_with("UnknownRecord"));
    assert!(refused("3", "shoe_size", None, Customer).starts_with("UnknownAttribute"));
    assert_eq!(refused("3", "phone", None, Customer), "UnknownValue");
    assert_eq!(refused("3", "email", Some("else@post.example"), Bounced), "UnknownValue");
    assert_eq!(refused("0", "email", None, Bounced), "SeveralValues");
    assert_eq!(refused("3", "street", None, Bounced), "OtherConfirmation(Bounced)");
    assert_eq!(refused("3", "email", None, MailReturned), "OtherConfirmation(MailReturned)");
    assert_eq!(refused("3", "email", None, WrongNumber), "OtherConfirmation(WrongNumber)");
    let second = values(0)[3].clone();
    hub.confirm("0", "email", Some(&second), Bounced).unwrap();
    assert_eq!(hub.failing(), Vec::<String>::new(), "the first one is enough");
    hub.withdraw(1).unwrap();
    assert!(matches!(hub.withdraw(1), Err(Refused::WithdrawnAlready(_))));
    assert!(matches!(hub.withdraw(9), Err(Refused::UnknownConfirmation(_))));
    assert!(hub.is_sound());
}

#[test]
fn another_writer_learns_what_was_found_out() {
    let mut hub = Living::new();
    let mut other = Living::open(&hub.hub(), &hub.day);
    hub.confirm("3", "email", None, ConfirmationKind::Bounced).unwrap();
    // It judges the customer again, and does not forget.
    let values = COLUMNS.iter().zip(values(3)).map(|(column, value)| (column.to_string(), value));
    let mut values: Vec<(String, String)> = values.collect();
    values[5].1 = "77".into();
    let (observed_at, condition) = (Some(at(LOADED)), Condition::None);
    let change = Change::Upsert { key: key("3"), observed_at, values, condition };
    let request = ChangeRequest::of(change);
    other.change(&[request]).pop().unwrap().unwrap();
    assert_eq!(hub.failing(), ["email_arrives 3", "email_current 3"]);
    assert!(hub.is_sound());
}

#[test]
fn a_new_day_is_judged_by_itself() {
    let mut hub = Living::new();
    let mut other = Living::open(&hub.hub(), &hub.day);
    let state = |hub: &Living| {
        let reader = hub.hub().database().open_reader().unwrap();
        let as_of = Kept::read(reader.as_ref()).unwrap().unwrap().as_of_day();
        (Day(as_of), reader.model_id().unwrap(), reader.last_event().unwrap())
    };
    let (as_of, model, event) = state(&hub);
    assert_eq!(as_of, LOADED);
    assert!(!hub.writer.judge_if_new_day().unwrap(), "it is the same day");
    assert_eq!(hub.failing(), Vec::<String>::new());

    hub.days_pass(1);
    assert!(hub.writer.judge_if_new_day().unwrap());
    assert!(!hub.writer.judge_if_new_day().unwrap(), "once a day");
    assert!(!other.judge_if_new_day().unwrap(), "another server did");
    assert_eq!(state(&hub), (Day(LOADED.0 + 1), model.clone(), event), "nothing else changed");

    // After three years nobody is sure any more.
    hub.days_pass(3 * 365);
    assert!(other.judge_if_new_day().unwrap());
    assert!(!hub.writer.judge_if_new_day().unwrap());
    assert_eq!(state(&hub), (Day(LOADED.0 + 1 + 3 * 365), model, event));
    let failing = hub.failing();
    assert_eq!(failing.iter().filter(|it| it.starts_with("address_current")).count(), 20);
    assert!(hub.is_sound());
    let currency = hub.hub().reader().unwrap().currency().unwrap();
    let street = currency.attributes.iter().find(|of| of.attribute == "street").unwrap();
    let current = street.current.unwrap();
    assert_eq!(street.values, 20);
    assert!(current.low < current.share && current.share < current.high, "{current:?}");
    assert!((current.share - (-0.102f64 * 3.08).exp()).abs() < 0.02, "{current:?}");
}
