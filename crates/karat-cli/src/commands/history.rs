//! `karat history`: lists the releases of a hub, or what became of its customers between two moments.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::flow::releases::Release;
use karat_hub::share::moment;
use karat_hub::view::{
    AsOf, EntityDiff, EntityView, EventKind, ExplainedDiff, HubReader, NotKept, Origin, Unavailable,
};
use karat_model::hub_model::SurvivorshipRule;
use karat_model::id::EntityId;
use karat_model::language::Language;
use serde_json::{Value, json};

use super::{language, open_hub};
use crate::failure::Failure;
use crate::terminal::{Terminal, say};

/// List the releases of a hub, or what became of its customers since some moment
///
/// Without a moment: each hub model and match model that was published.
/// With one: the customers that are new, changed, merged, split off or gone since, all that happened
/// taken together; one that was changed back is not listed.
/// With the id of a customer as well: what is otherwise about that one, and of each value from which
/// record and by which rule it came, then and afterwards.
#[derive(Args, Debug)]
pub struct History {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// The id of a customer of whom more is told
    #[arg(value_name = "ID", requires = "from")]
    id: Option<EntityId>,
    /// Since when: the number of an event, or a moment such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = as_of)]
    from: Option<AsOf>,
    /// Until when; now unless it is said
    #[arg(long, value_name = "WHEN", value_parser = as_of, requires = "from")]
    to: Option<AsOf>,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON; with --from one line for each customer
    #[arg(long)]
    json: bool,
}

fn as_of(text: &str) -> Result<AsOf, String> {
    let wanted = "give the number of an event, or a moment such as 2026-01-31T12:00:00Z";
    AsOf::read(text).ok_or_else(|| wanted.to_string())
}

/// How many customers are read at a time.
const CUSTOMERS_AT_A_TIME: usize = 500;

impl History {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        match (self.from, self.id) {
            (Some(from), Some(id)) => self.explain_customer(id, from),
            (Some(from), None) => self.tell_customers(from),
            (None, _) => self.tell_releases(),
        }
    }

    /// Tells what became of customers.
    fn tell_customers(self, from: AsOf) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?.reader()?;
        let (mut from, mut to, mut after) = (from, self.to.unwrap_or_default(), None);
        let mut is_any = false;
        loop {
            let page = hub.diff(from, to, after, CUSTOMERS_AT_A_TIME).map_err(cannot_read)?;
            if page.to < page.from {
                return Err(backwards());
            }
            for diff in &page.entities {
                is_any = true;
                self.tell_customer(diff);
            }
            // What is published meanwhile is not of this diff.
            (from, to, after) = (AsOf::Event(page.from), AsOf::Event(page.to), page.next);
            if after.is_none() {
                break;
            }
        }
        if !is_any && !self.json {
            let none = self.lang.say("No customer is otherwise.", "Geen klant is anders.");
            say!("{none}");
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Tells what became of a customer, and where its values came from.
    fn explain_customer(&self, id: EntityId, from: AsOf) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?.reader()?;
        let to = self.to.unwrap_or_default();
        let page = hub.diff(from, to, None, 0).map_err(cannot_read)?;
        if page.to < page.from {
            return Err(backwards());
        }
        let [from, to] = [page.from, page.to].map(AsOf::Event);
        let explained = hub.entity_diff(id, from, to).map_err(cannot_read)?;
        let explained = explained.ok_or_else(|| {
            let hint = "See `karat search` for the ids of customers, or ask for a later moment.";
            Failure::new(format!("no customer had the id {id} by then"), hint)
        })?;
        if self.json {
            let mut told = told_diff(&explained.diff);
            told["origins"] = json!(told_origins(&explained));
            let [before, after] = explained.not_kept().map(|why| why.map(|why| why.to_string()));
            let is_any = before.is_some() || after.is_some();
            told["not_kept"] = json!(is_any.then(|| json!({ "before": before, "after": after })));
            say!("{told}");
            return Ok(ExitCode::SUCCESS);
        }
        self.tell_customer(&explained.diff);
        let terminal = Terminal::stdout();
        let sides = [self.lang.say("before", "voorheen"), self.lang.say("after", "daarna")];
        let origins = explained.origins();
        for (name, values) in explained.diff.values() {
            say!("  {}", terminal.bold(name));
            for (at, side) in sides.iter().enumerate() {
                let known = origins.get(name).map_or(&[][..], |sides| &sides[at]);
                let lines = self.told_values(values[at], known);
                for line in lines {
                    say!("{}", terminal.fitted(&format!("    {side:<9} {line}")));
                }
            }
        }
        let [lost, won] = explained.diff.records();
        for (sign, keys) in [('-', lost), ('+', won)] {
            keys.iter().for_each(|key| say!("  {sign} {key}"));
        }
        for (side, why) in sides.iter().zip(explained.not_kept()) {
            let Some(why) = why else { continue };
            let from_where = self.lang.say(
                "where values came from is not known",
                "waar waarden vandaan kwamen is niet bekend",
            );
            say!("  {side}: {from_where}: {}", told_not_kept(why, self.lang));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The values of an attribute with where each came from, as far as that is known.
    fn told_values(&self, values: &[String], origins: &[Origin]) -> Vec<String> {
        if origins.is_empty() {
            return values.to_vec();
        }
        let told = |origin: &Origin| {
            let nothing = self.lang.say("(nothing)", "(niets)");
            let value = origin.value.as_deref().unwrap_or(nothing);
            let record = origin.record.as_ref().map(|record| record.to_string());
            let why = match (origin.decision, origin.rule) {
                (Some(no), _) => format!("{} {}", self.lang.say("decision", "besluit"), no.0),
                (None, Some(rule)) => rule.name().to_string(),
                (None, None) => self.lang.say("undisputed", "onbetwist").to_string(),
            };
            let from = record.into_iter().chain([why]).collect::<Vec<String>>().join(", ");
            format!("{value}  {}", Terminal::stdout().dim(&format!("({from})")))
        };
        origins.iter().map(told).collect()
    }

    fn tell_customer(&self, diff: &EntityDiff) {
        if self.json {
            say!("{}", told_diff(diff));
            return;
        }
        let terminal = Terminal::stdout();
        let kind = terminal.bold(&format!("{:<12}", named(diff.kind, self.lang)));
        let title = [&diff.after, &diff.before].into_iter().flatten().map(|it| it.title.as_str());
        let title = title.take(1).collect::<String>();
        let other = match (diff.kind, diff.other) {
            (Some(EventKind::Merged), Some(into)) => {
                format!("  {} {into}", self.lang.say("into", "in"))
            }
            (Some(EventKind::Split), Some(of)) => {
                format!("  {} {of}", self.lang.say("from", "uit"))
            }
            _ => String::new(),
        };
        let is_changed = diff.kind == Some(EventKind::Updated);
        let [lost, won] = diff.records().map(|keys| keys.len());
        let records = |sign: char, count: usize| match (is_changed, count) {
            (false, _) | (_, 0) => None,
            (_, 1) => Some(format!("{sign}1 record")),
            (_, count) => Some(format!("{sign}{count} records")),
        };
        let names = diff.values().into_keys().filter(|_| is_changed).map(String::from);
        let what = names.chain(records('+', won)).chain(records('-', lost));
        let what = terminal.dim(&what.collect::<Vec<String>>().join(", "));
        let line = format!("{kind} {}  {title}{other}  {what}", diff.id);
        say!("{}", line.trim_end());
    }

    fn tell_releases(self) -> Result<ExitCode, Failure> {
        let releases = open_hub(&self.hub)?.releases()?;
        let at = |at: &Option<karat_model::record::Moment>| {
            at.and_then(moment::written).unwrap_or_default()
        };
        if self.json {
            let told = releases.iter().map(|(release, moment)| {
                serde_json::json!({ "published_at": at(moment), "release": release })
            });
            say!("{}", serde_json::json!(told.collect::<Vec<_>>()));
            return Ok(ExitCode::SUCCESS);
        }
        if releases.is_empty() {
            let none = self.lang.say("There are no releases yet.", "Er zijn nog geen releases.");
            say!("{none}");
        }
        let terminal = Terminal::stdout();
        for (release, moment) in &releases {
            let Release { no, match_model, reason, by, .. } = release;
            let no = terminal.bold(&format!("{no:>4}"));
            let by = by.as_ref().map(|by| format!("  {by}")).unwrap_or_default();
            say!("{no}  {}  {match_model}  {}{by}", at(moment), reason.told(self.lang));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn backwards() -> Failure {
    Failure::new("--to lies before --from", "Exchange the two.")
}

/// Where values came from, in the words of the API.
fn told_origins(explained: &ExplainedDiff) -> BTreeMap<String, Value> {
    let origin = |origin: &Origin| {
        json!({
            "value": origin.value,
            "record": origin.record.as_ref().map(|key| key.to_string()),
            "rule": origin.rule.map(SurvivorshipRule::name),
            "decision": origin.decision.map(|decision| decision.0),
        })
    };
    let of = |(name, sides): (&str, [Vec<Origin>; 2])| {
        let [before, after] = sides.map(|side| side.iter().map(origin).collect::<Vec<Value>>());
        (name.to_string(), json!({ "before": before, "after": after }))
    };
    explained.origins().into_iter().map(of).collect()
}

/// Why nobody knows where values came from.
fn told_not_kept(why: NotKept, language: Language) -> String {
    let dutch = match why {
        NotKept::TakenIn => {
            "de Karat van toen heeft niet bewaard wat er tot dan toe was binnengekomen"
        }
        NotKept::HubModel => "het hubmodel van toen is niet bewaard, of wordt nu niet begrepen",
        NotKept::OtherValues => "deze Karat zou op andere waarden komen dan er toen waren",
    };
    match language {
        Language::English => why.to_string(),
        Language::Dutch => dutch.to_string(),
    }
}

fn cannot_read(unavailable: Unavailable) -> Failure {
    let cause = unavailable.0.to_string();
    Failure::new(format!("the hub cannot be read: {cause}"), "See what `karat verify` finds.")
}

/// What became of a customer, in the words of the API.
fn told_diff(diff: &EntityDiff) -> Value {
    let entity = |entity: &EntityView| {
        let records = entity.records.iter().map(|key| key.to_string());
        json!({
            "type": entity.entity_type.name(),
            "title": entity.title,
            "values": entity.values,
            "records": records.collect::<Vec<String>>(),
        })
    };
    json!({
        "entity": diff.id.to_string(),
        "kind": diff.kind.map(EventKind::name),
        "other": diff.other.map(|id| id.to_string()),
        "before": diff.before.as_ref().map(entity),
        "after": diff.after.as_ref().map(entity),
    })
}

fn named(kind: Option<EventKind>, language: Language) -> &'static str {
    let (english, dutch) = match kind {
        Some(EventKind::Created) => ("created", "nieuw"),
        Some(EventKind::Updated) => ("updated", "gewijzigd"),
        Some(EventKind::Merged) => ("merged", "samengevoegd"),
        Some(EventKind::Split) => ("split", "gesplitst"),
        Some(EventKind::Deleted) => ("deleted", "verwijderd"),
        None => ("unchanged", "ongewijzigd"),
    };
    language.say(english, dutch)
}
