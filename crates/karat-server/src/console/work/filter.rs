//! Which items of the work queue somebody looks at, kept in the address.

use karat_hub::view::WorkQuery;
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
        }
    }

    /// What is asked of the hub.
    pub fn query(&self) -> WorkQuery {
        let share = |percent: u8| f64::from(percent) / 100.0;
        WorkQuery {
            entity_type: self.entity_type,
            source: self.source.as_deref().map(SourceName::new),
            at_least: self.band.filter(|band| band.from > 0).map(|band| share(band.from)),
            below: self.band.filter(|band| band.below <= 100).map(|band| share(band.below)),
            is_held: self.is_held,
            is_left_open: self.is_left_open,
        }
    }

    /// Whether it leaves anything out.
    pub fn is_some(&self) -> bool {
        *self != Filter::default()
    }

    /// The address of a page with this filter, and what else the page takes.
    pub fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let band = self.band.map(|band| band.from.to_string());
        let own = [
            ("type", self.entity_type.map(|it| it.name())),
            ("source", self.source.as_deref()),
            ("from", band.as_deref()),
            ("held", self.is_held.then_some("yes")),
            ("state", self.is_left_open.then_some("open")),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let parts = own.chain(more.iter().copied());
        let parts: Vec<String> =
            parts.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        if parts.is_empty() { path.into() } else { format!("{path}?{}", parts.join("&")) }
    }

    /// The choices there are, in rows: what the customers are, how likely, of which source, and
    /// what is with them.
    pub fn choices(&self, text: Locale, sources: &[String]) -> Vec<Vec<Choice>> {
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
            .chain(sources.iter().map(|it| choice(it.clone(), of_source(Some(it.clone())))));
        let in_state = |is_held, is_left_open| Filter { is_held, is_left_open, ..self.clone() };
        let states = [
            choice(text.say("not looked at", "niet bekeken").into(), in_state(false, false)),
            choice(text.say("held", "aangehouden").into(), in_state(true, false)),
            choice(text.say("left open", "onbeslist").into(), in_state(false, true)),
        ];
        vec![types.collect(), bands.collect(), sources.collect(), states.into()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use karat_model::language::Language;

    #[test]
    fn a_filter_is_all_in_its_address() {
        let filter = Filter {
            entity_type: Some(EntityType::Person),
            source: Some("web shop".into()),
            band: Some(BANDS[1]),
            is_held: true,
            is_left_open: false,
        };
        let address = filter.address("/work", &[("after", "0.1.2.3")]);
        assert_eq!(address, "/work?type=person&source=web%20shop&from=70&held=yes&after=0.1.2.3");
        let query = filter.query();
        assert_eq!((query.at_least, query.below), (Some(0.7), Some(0.9)));
        assert_eq!(Filter::default().address("/work", &[]), "/work");
        assert_eq!(Filter::default().query(), WorkQuery::default());
    }

    #[test]
    fn one_choice_of_each_row_is_here() {
        let text = Locale::of(Language::English);
        let filter = Filter { band: Some(BANDS[3]), ..Filter::default() };
        let rows = filter.choices(text, &["crm".to_string()]);
        for row in &rows {
            assert_eq!(row.iter().filter(|choice| choice.is_here).count(), 1);
        }
        assert_eq!(rows[1][4].label, "below 50%");
        let query = filter.query();
        assert_eq!((query.at_least, query.below), (None, Some(0.5)));
    }
}
