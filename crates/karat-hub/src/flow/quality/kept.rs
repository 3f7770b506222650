//! What the judge of a hub keeps from one time to the next.

use std::path::Path;
use std::sync::Arc;

use karat_engine::quality::check::{CheckPlan, RefTables};
use karat_model::attribute::{AttributeSet, EntityType};
use karat_model::check::{Day, RefTable, Requirement};
use karat_model::hub_model::HubModel;
use karat_model::record::Moment;
use karat_store::Reader;
use serde::{Deserialize, Serialize};

use super::deliveries::Deliveries;
use super::digest::DigestKey;
use super::judge::Judge;
use super::world::World;
use crate::currency::{Rates, aged_attributes, learn};
use crate::error::Error;
use crate::hub_model::CHECKS;
use crate::validate::tables::reference_tables;

/// What is kept of judging, in its stored form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The day as of which all is judged, in days since 1970-01-01.
    as_of_day: i32,
    digest_key: DigestKey,
    /// The values of reference files, as they were read: in order of file and column.
    tables: Vec<(String, String, Vec<String>)>,
    /// How fast values change, as it was learnt at the last publication.
    #[serde(default)]
    rates: Rates,
}

/// How everything is judged.
pub enum Judging {
    /// Not at all: what is stored stays.
    Not,
    /// As it was judged last, if it ever was by these checks.
    AsBefore,
    /// As of a day, with the reference files as they are now.
    Anew {
        /// The day.
        as_of: Day,
        /// The values of the reference files.
        tables: RefTables,
    },
}

impl Judging {
    /// Anew, as of the day of a moment, with the reference files that the checks in the folder of a
    /// hub name.
    pub fn anew(model: &HubModel, dir: &Path, at: Moment) -> Judging {
        Judging::Anew { as_of: Day::of(at), tables: reference_tables(model, &dir.join(CHECKS)) }
    }
}

impl Kept {
    /// The name it is kept under.
    pub const NAME: &'static str = "quality";

    /// What is kept; `None` in a hub that was never judged.
    pub fn read(reader: &dyn Reader) -> Result<Option<Kept>, Error> {
        let json = reader.statistic(Kept::NAME)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Whether all was judged as of a day before that of a moment: what hangs on the day may be
    /// otherwise by now.
    pub fn is_before(&self, moment: Moment) -> bool {
        Day(self.as_of_day) < Day::of(moment)
    }

    /// The day as of which all is judged, in days since 1970-01-01.
    pub fn as_of_day(&self) -> i32 {
        self.as_of_day
    }

    /// How fast values change.
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// How values are told apart.
    pub fn digests(&self) -> &DigestKey {
        &self.digest_key
    }

    /// Whether the values are kept of all reference files that the checks of a hub model name.
    fn has_tables_of(&self, model: &HubModel) -> bool {
        model.checks.iter().all(|check| match &check.requirement {
            Requirement::RefTable(of) => {
                self.tables.iter().any(|(file, column, _)| *file == of.file && *column == of.column)
            }
            _ => true,
        })
    }

    fn tables(&self) -> RefTables {
        let table = |(file, column, values): &(String, String, Vec<String>)| {
            let table = RefTable { file: file.clone(), column: column.clone() };
            (table, values.iter().cloned().collect())
        };
        RefTables(self.tables.iter().map(table).collect())
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers become JSON")
    }
}

impl Judge {
    /// The judge of a hub, by the checks of a hub model; `None` if nothing is to be judged, or if it
    /// was judged before checks named a reference file.
    pub fn read(
        reader: &dyn Reader,
        model: &HubModel,
        judging: Judging,
    ) -> Result<Option<Judge>, Error> {
        let kept = Kept::read(reader)?;
        let is_anew = matches!(judging, Judging::Anew { .. });
        let (as_of, tables) = match (judging, &kept) {
            (Judging::Not, _) | (Judging::AsBefore, None) => return Ok(None),
            (Judging::AsBefore, Some(kept)) if !kept.has_tables_of(model) => return Ok(None),
            (Judging::AsBefore, Some(kept)) => (Day(kept.as_of_day), kept.tables()),
            (Judging::Anew { as_of, tables }, _) => (as_of, tables),
        };
        let (digests, before) = match kept {
            Some(Kept { digest_key, rates, .. }) => (digest_key, rates),
            None => (DigestKey::random(), Rates::default()),
        };
        let rates = if is_anew { learn(reader, model, &digests, &before)? } else { before };
        let plan = CheckPlan::new(model, tables.clone()).map_err(Error::Checks)?;
        let mut judge = Judge::new(model, Arc::new(plan), as_of, digests);
        judge.tables = tables;
        judge.rates = rates;
        judge.deliveries = Deliveries::read(reader)?;
        judge.read_world(reader, &model.attributes)?;
        if is_anew {
            judge.aged = EntityType::ALL.map(|of| aged_attributes(model, of));
        }
        Ok(Some(judge))
    }

    /// Reads anew what people found out of values.
    pub fn read_world(
        &mut self,
        reader: &dyn Reader,
        attributes: &AttributeSet,
    ) -> Result<(), Error> {
        let world = World::of(&reader.confirmations()?, attributes);
        self.world = world.changing_at(&self.rates, attributes);
        Ok(())
    }

    /// What is to be kept of it.
    pub fn kept(&self) -> Kept {
        let mut tables: Vec<(String, String, Vec<String>)> = self
            .tables
            .0
            .iter()
            .map(|(table, values)| {
                let mut values: Vec<String> = values.iter().cloned().collect();
                values.sort_unstable();
                (table.file.clone(), table.column.clone(), values)
            })
            .collect();
        tables.sort_unstable();
        Kept {
            as_of_day: self.as_of.0,
            digest_key: self.digests.clone(),
            tables,
            rates: self.rates.clone(),
        }
    }
}
