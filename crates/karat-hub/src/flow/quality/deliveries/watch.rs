//! Watches rows while a source delivers them.

use std::collections::BTreeMap;

use karat_engine::clean::{CleaningPlan, Context, standardised};
use karat_engine::quality::delivery::{ColumnCounts, ColumnWatch};
use karat_model::attribute::AttributeId;
use karat_model::check::{Decimal, Requirement, Scope};
use karat_model::hub_model::{Country, HubModel, Source};
use karat_model::id::SourceName;
use karat_model::record::{Moment, Payload};
use karat_model::semantic::SemanticType;
use rayon::prelude::*;

/// What one source brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// When it came.
    pub at: Moment,
    /// How many rows there were.
    pub rows: u64,
    /// What stands in its columns.
    pub columns: BTreeMap<String, ColumnCounts>,
}

/// The attributes of which checks of deliveries ask the values.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    attributes: Vec<(AttributeId, SemanticType)>,
    context: Option<Context>,
}

impl Asked {
    /// Those that the checks of a hub ask of a source.
    pub fn of(model: &HubModel, source: &SourceName) -> Asked {
        let mut attributes = Vec::new();
        for check in model.checks.iter() {
            let is_meant = check.sources.is_empty() || check.sources.contains(source);
            let is_of_values = matches!(
                check.requirement,
                Requirement::Drift(_) | Requirement::GroupEvolution(_) | Requirement::Outlier(_)
            );
            if check.on == Scope::Deliveries && is_meant && is_of_values {
                let types = check.attributes.iter();
                attributes.extend(types.map(|id| (*id, model.attributes.get(*id).semantic_type)));
            }
        }
        let of_source: Option<&Source> = model.source(source);
        let country: Country = of_source.and_then(|it| it.country).unwrap_or(model.country);
        let context = of_source.map(|it| Context { country, date_order: it.date_order });
        Asked { attributes, context }
    }

    fn type_of(&self, attribute: Option<AttributeId>) -> Option<SemanticType> {
        let attribute = attribute?;
        self.attributes.iter().find(|(id, _)| *id == attribute).map(|(_, of)| *of)
    }
}

/// A delivery while it is watched.
pub struct DeliveryWatch {
    at: Moment,
    asked: Asked,
    rows: u64,
    watched: BTreeMap<String, Watched>,
    /// By number of the columns at hand, their names; a second one of a name is not watched.
    names: Vec<Option<String>>,
}

/// A column that is watched.
struct Watched {
    column: ColumnWatch,
    /// The type of the values that are asked for.
    asked: Option<SemanticType>,
}

/// How many tasks share the columns.
const TASKS: usize = 4;

impl DeliveryWatch {
    /// Begins to watch a delivery.
    pub fn new(at: Moment, asked: Asked) -> DeliveryWatch {
        DeliveryWatch { at, asked, rows: 0, watched: BTreeMap::new(), names: Vec::new() }
    }

    /// The rows that follow come under these columns.
    pub fn announce(&mut self, columns: &[String], plan: &CleaningPlan) {
        let subjects = plan.subjects();
        self.names = Vec::with_capacity(columns.len());
        for (at, name) in columns.iter().enumerate() {
            let is_second = columns[..at].contains(name);
            self.names.push((!is_second).then(|| name.clone()));
            let asked = self.asked.type_of(subjects.get(at).copied().flatten());
            self.watched
                .entry(name.clone())
                .or_insert_with(|| Watched { column: ColumnWatch::new(asked.is_some()), asked });
        }
    }

    /// Looks at some rows.
    pub fn see(&mut self, rows: &[Payload]) {
        self.rows += rows.len() as u64;
        let mut by_number: Vec<Option<&mut Watched>> = self.names.iter().map(|_| None).collect();
        let places: BTreeMap<&String, usize> =
            self.names.iter().enumerate().filter_map(|(at, it)| Some((it.as_ref()?, at))).collect();
        for (name, watched) in &mut self.watched {
            if let Some(&at) = places.get(name) {
                by_number[at] = Some(watched);
            }
        }
        let context = self.asked.context;
        let mut tasks: [Vec<Option<&mut Watched>>; TASKS] = Default::default();
        for (at, watched) in by_number.into_iter().enumerate() {
            tasks[at % TASKS].push(watched);
        }
        tasks.par_iter_mut().enumerate().for_each(|(task, columns)| {
            for (column, value) in rows.iter().flat_map(Payload::iter) {
                let column = usize::from(column);
                if column % TASKS == task
                    && let Some(Some(watched)) = columns.get_mut(column / TASKS)
                {
                    watched.see(value, context.as_ref());
                }
            }
        });
    }

    /// What was delivered; `None` if nothing was, not even columns.
    pub fn finish(self) -> Option<Delivered> {
        if self.watched.is_empty() {
            return None;
        }
        let columns = self.watched.into_iter().map(|(name, it)| (name, it.column.counts()));
        Some(Delivered { at: self.at, rows: self.rows, columns: columns.collect() })
    }
}

impl Watched {
    fn see(&mut self, value: &str, context: Option<&Context>) {
        self.column.see(value);
        if let (Some(semantic_type), Some(context)) = (self.asked, context)
            && let Some(number) = Decimal::parse(&standardised(value, semantic_type, context))
        {
            self.column.add(number);
        }
    }
}
