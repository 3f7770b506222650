//! Which items of the work queue somebody looks at, kept in the address.

use karat_hub::view::{OwnedBy, WorkQuery};
use karat_model::attribute::EntityType;
use karat_model::id::SourceName;

use crate::console::visit::Visit;
use crate::locale::Locale;
use crate::quality::encoded;

/// How likely pairs are, from a percentage on and below another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) struct Band {
    from: u8,
    below: u8,
}

/// The bands, likeliest first; the last holds all below.
const BANDS: [Band; 4] = [
    Band { from: 90, below: 101 },
    Band { from: 70, below: 90 },
    Band { from: 50, below: 70 },
    Band { from: 0, below: 50 },
];

impl Band {
    fn label(self, text: Locale) -> String {
        match self {
            Band { from: 0, below } => format!("{} {below}%", text.say("below", "onder")),
            Band { from, below: 101 } => format!("{from}% {}", text.say("and up", "en meer")),
            Band { from, below } => format!("{from}–{below}%"),
        }
    }
}

/// Which items are looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::console) struct Filter {
    entity_type: Option<EntityType>,
    source: Option<String>,
    band: Option<Band>,
    is_held: bool,
    is_left_open: bool,
    is_snoozed: bool,
    owner: Option<Owner>,
    age_days_min: Option<u16>,
    worth_min: Option<u64>,
}

/// Whose items are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Owner {
    Mine,
    Nobody,
    Account(String),
}

impl Owner {
    fn of(parameter: &str) -> Option<Owner> {
        match parameter {
            "mine" => Some(Owner::Mine),
            "nobody" => Some(Owner::Nobody),
            // An account may have any name, also one of those above.
            other => other.strip_prefix('@').map(|name| Owner::Account(name.into())),
        }
    }

    fn parameter(&self) -> String {
        match self {
            Owner::Mine => "mine".into(),
            Owner::Nobody => "nobody".into(),
            Owner::Account(name) => format!("@{name}"),
        }
    }
}

/// The ages from which on items are looked at, in days.
const AGES: [u16; 4] = [1, 7, 30, 90];

/// What customers are worth together from which on items are looked at.
const WORTHS: [u64; 3] = [100, 1_000, 10_000];

/// What there is to choose from.
pub(in crate::console) struct Known {
    /// The names of the sources.
    pub sources: Vec<String>,
    /// The accounts that others decide with.
    pub others: Vec<String>,
    /// Whether somebody in particular looks, who may have items.
    pub has_own: bool,
    /// Whether the hub knows what customers are worth.
    pub has_worth: bool,
}

/// A choice among several, as a link.
pub(in crate::console) struct Choice {
    pub label: String,
    pub address: String,
    pub is_here: bool,
}

impl Filter {
    /// What the address of a visit says.
    pub fn of(visit: &Visit) -> Filter {
        let known = |name: &str| visit.model.sources.iter().any(|it| it.name.as_str() == name);
        let from = visit.parameter("from").and_then(|from| from.parse().ok());
        let is = |name, value| visit.parameter(name) == Some(value);
        Filter {
            entity_type: visit.parameter("type").and_then(EntityType::from_name),
            source: visit.parameter("source").filter(|name| known(name)).map(str::to_string),
            band: BANDS.into_iter().find(|band| Some(band.from) == from),
            is_held: is("held", "yes"),
            is_left_open: is("state", "open"),
            is_snoozed: is("state", "snoozed"),
            owner: visit.parameter("owner").and_then(Owner::of),
            age_days_min: among(&AGES, visit.parameter("age")),
            worth_min: among(&WORTHS, visit.parameter("worth")),
        }
    }

    /// What is asked of the hub, by somebody if that is known.
    pub fn query(&self, account: Option<&str>) -> WorkQuery {
        let share = |percent: u8| f64::from(percent) / 100.0;
        WorkQuery {
            entity_type: self.entity_type,
            source: self.source.as_deref().map(SourceName::new),
            at_least: self.band.filter(|band| band.from > 0).map(|band| share(band.from)),
            below: self.band.filter(|band| band.below <= 100).map(|band| share(band.below)),
            is_held: self.is_held,
            is_left_open: self.is_left_open,
            owner: match (&self.owner, account) {
                (None, _) | (Some(Owner::Mine), None) => OwnedBy::Anybody,
                (Some(Owner::Mine), Some(account)) => OwnedBy::Account(account.into()),
                (Some(Owner::Nobody), _) => OwnedBy::Nobody,
                (Some(Owner::Account(name)), _) => OwnedBy::Account(name.clone()),
            },
            is_snoozed: self.is_snoozed,
            age_days_min: self.age_days_min,
            worth_cents_min: self.worth_min.map(|worth| worth * 100),
        }
    }

    /// The same where one item is decided after the other: what others have is left to them, unless
    /// their items are looked at.
    pub fn query_of_next(&self, account: Option<&str>) -> WorkQuery {
        let query = self.query(account);
        let owner = match (&query.owner, account) {
            (OwnedBy::Anybody, Some(account)) => OwnedBy::NoOtherThan(account.into()),
            (owner, _) => owner.clone(),
        };
        WorkQuery { owner, ..query }
    }

    /// Whether it leaves anything out.
    pub fn is_some(&self) -> bool {
        *self != Filter::default()
    }

    /// The address of a page with this filter, and what else the page takes.
    pub fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let band = self.band.map(|band| band.from.to_string());
        let owner = self.owner.as_ref().map(Owner::parameter);
        let age = self.age_days_min.map(|days| days.to_string());
        let worth = self.worth_min.map(|worth| worth.to_string());
        let state = match (self.is_left_open, self.is_snoozed) {
            (true, _) => Some("open"),
            (_, true) => Some("snoozed"),
            _ => None,
        };
        let own = [
            ("type", self.entity_type.map(|it| it.name())),
            ("source", self.source.as_deref()),
            ("from", band.as_deref()),
            ("held", self.is_held.then_some("yes")),
            ("state", state),
            ("owner", owner.as_deref()),
            ("age", age.as_deref()),
            ("worth", worth.as_deref()),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let parts = own.chain(more.iter().copied());
        let parts: Vec<String> =
            parts.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        if parts.is_empty() { path.into() } else { format!("{path}?{}", parts.join("&")) }
    }

    /// The filter as it stands in the address; nothing when it leaves nothing out.
    pub fn parameters(&self) -> String {
        self.address("", &[]).trim_start_matches('?').to_string()
    }

    /// The choices there are, in rows, each with what it is about.
    pub fn choices(&self, text: Locale, known: &Known) -> Vec<(&'static str, Vec<Choice>)> {
        let choice = |label: String, filter: Filter| Choice {
            label,
            address: filter.address("/work", &[]),
            is_here: filter == *self,
        };
        let all = || text.say("all", "alle").to_string();
        let of_type = |entity_type| Filter { entity_type, ..self.clone() };
        let types = std::iter::once(choice(all(), of_type(None))).chain(
            EntityType::ALL
                .iter()
                .map(|it| choice(text.entity_types(it).to_string(), of_type(Some(*it)))),
        );
        let in_band = |band| Filter { band, ..self.clone() };
        let bands = std::iter::once(choice(all(), in_band(None)))
            .chain(BANDS.iter().map(|it| choice(it.label(text), in_band(Some(*it)))));
        let of_source = |source| Filter { source, ..self.clone() };
        let sources = std::iter::once(choice(all(), of_source(None)))
            .chain(known.sources.iter().map(|it| choice(it.clone(), of_source(Some(it.clone())))));
        let in_state = |[is_held, is_left_open, is_snoozed]: [bool; 3]| Filter {
            is_held,
            is_left_open,
            is_snoozed,
            ..self.clone()
        };
        let states = [
            (text.say("not looked at", "niet bekeken"), [false, false, false]),
            (text.say("held", "aangehouden"), [true, false, false]),
            (text.say("left open", "onbeslist"), [false, true, false]),
            (text.say("snoozed", "uitgesteld"), [false, false, true]),
        ];
        let states = states.map(|(label, state)| choice(label.into(), in_state(state)));
        let of_owner = |owner| Filter { owner, ..self.clone() };
        let mine = known
            .has_own
            .then(|| choice(text.say("mine", "van mij").into(), of_owner(Some(Owner::Mine))));
        let others = known
            .others
            .iter()
            .map(|name| choice(name.clone(), of_owner(Some(Owner::Account(name.clone())))));
        let owners = std::iter::once(choice(all(), of_owner(None)))
            .chain(mine)
            .chain(std::iter::once(choice(
                text.say("nobody's", "van niemand").into(),
                of_owner(Some(Owner::Nobody)),
            )))
            .chain(others);
        let of_age = |age_days_min| Filter { age_days_min, ..self.clone() };
        let age = |days: &u16| {
            let days_and_up = text.counted(
                u64::from(*days),
                &["day and older", "dag en ouder"],
                &["days and older", "dagen en ouder"],
            );
            choice(days_and_up, of_age(Some(*days)))
        };
        let ages = std::iter::once(choice(all(), of_age(None))).chain(AGES.iter().map(age));
        let of_worth = |worth_min| Filter { worth_min, ..self.clone() };
        let worth = |worth: &u64| {
            let label = format!("{} {}", text.count(*worth), text.say("and up", "en meer"));
            choice(label, of_worth(Some(*worth)))
        };
        let worths = std::iter::once(choice(all(), of_worth(None))).chain(WORTHS.iter().map(worth));
        let mut rows = vec![
            (text.say("What", "Wat"), types.collect()),
            (text.say("How likely", "Hoe waarschijnlijk"), bands.collect()),
            (text.say("Known to", "Bekend bij"), sources.collect()),
            (text.say("State", "Stand"), states.into()),
            (text.say("Owner", "Eigenaar"), owners.collect()),
            (text.say("Age", "Ouderdom"), ages.collect()),
        ];
        if known.has_worth {
            rows.push((text.say("Value", "Waarde"), worths.collect()));
        }
        rows
    }
}

/// A parameter that is one of some numbers.
fn among<N: Copy + PartialEq + std::str::FromStr>(numbers: &[N], text: Option<&str>) -> Option<N> {
    let number = text?.parse().ok()?;
    numbers.iter().copied().find(|known| *known == number)
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;

    #[test]
    fn a_filter_is_all_in_its_address() {
        let filter = Filter {
            entity_type: Some(EntityType::Person),
            source: Some("web shop".into()),
            band: Some(BANDS[1]),
            is_held: true,
            owner: Some(Owner::Account("mine & his".into())),
            age_days_min: Some(7),
            worth_min: Some(1_000),
            ..Filter::default()
        };
        let address = filter.address("/work", &[("after", "0.1.2.3")]);
        let expected = "/work?type=person&source=web%20shop&from=70&held=yes\
             &owner=%40mine%20%26%20his&age=7&worth=1000&after=0.1.2.3";
        assert_eq!(address, expected);
        let query = filter.query(Some("eva"));
        assert_eq!(query.owner, OwnedBy::Account("mine & his".into()));
        assert_eq!((query.age_days_min, query.worth_cents_min), (Some(7), Some(100_000)));
        assert!(Filter { is_snoozed: true, ..filter }.address("", &[]).contains("&state=snoozed"));
        assert_eq!((query.at_least, query.below), (Some(0.7), Some(0.9)));
        assert_eq!(Filter::default().address("/work", &[]), "/work");
        assert_eq!(Filter::default().query(Some("eva")), WorkQuery::default());
    }

    #[test]
    fn the_next_item_is_none_of_others_unless_theirs_are_looked_at() {
        let next = |owner| Filter { owner, ..Filter::default() }.query_of_next(Some("eva")).owner;
        let eva = || "eva".to_string();
        assert_eq!(next(None), OwnedBy::NoOtherThan(eva()));
        assert_eq!(next(Some(Owner::Mine)), OwnedBy::Account(eva()));
        assert_eq!(next(Some(Owner::Nobody)), OwnedBy::Nobody);
        assert_eq!(next(Owner::of("@jan")), OwnedBy::Account("jan".into()));
        assert_eq!(Filter::default().query_of_next(None), WorkQuery::default());
    }

    #[test]
    fn one_choice_of_each_row_is_here() {
        let text = Locale::of(Language::English);
        let filter = Filter { band: Some(BANDS[3]), ..Filter::default() };
        let (sources, others) = (vec!["crm".to_string()], vec!["jan".to_string()]);
        let known = Known { sources, others, has_own: true, has_worth: true };
        let rows = filter.choices(text, &known);
        for (_, row) in &rows {
            assert_eq!(row.iter().filter(|choice| choice.is_here).count(), 1);
        }
        assert_eq!(rows[1].1[4].label, "below 50%");
        let query = filter.query(None);
        assert_eq!((query.at_least, query.below), (None, Some(0.5)));
    }
}
