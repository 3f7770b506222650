//! What the judge of a hub keeps from one time to the next.

use std::path::Path;
use std::sync::Arc;

use karat_engine::quality::check::{CheckPlan, RefTables};
use karat_model::check::{Day, RefTable};
use karat_model::hub_model::HubModel;
use karat_model::record::Moment;
use karat_store::Reader;
use serde::{Deserialize, Serialize};

use super::digest::DigestKey;
use super::judge::Judge;
use super::world::World;
use crate::error::Error;
use crate::validate::tables::reference_tables;

/// What is kept of judging, in its stored form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The day as of which all is judged, in days since 1970-01-01.
    as_of_day: i32,
    digest_key: DigestKey,
    /// The values of reference files, as they were read: in order of file and column.
    tables: Vec<(String, String, Vec<String>)>,
}

/// How everything is judged.
pub enum Judging {
    /// Not at all: what is stored stays.
    Not,
    /// As it was judged last, if it ever was.
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
    /// Anew, as of the day of a moment, with the reference files of the folder of a hub.
    pub fn anew(model: &HubModel, dir: &Path, at: Moment) -> Judging {
        Judging::Anew { as_of: Day::of(at), tables: reference_tables(model, dir) }
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
    /// The judge of a hub, by the checks of a hub model; `None` if nothing is to be judged.
    pub fn read(
        reader: &dyn Reader,
        model: &HubModel,
        judging: Judging,
    ) -> Result<Option<Judge>, Error> {
        let kept = Kept::read(reader)?;
        let (as_of, tables) = match (judging, &kept) {
            (Judging::Not, _) | (Judging::AsBefore, None) => return Ok(None),
            (Judging::AsBefore, Some(kept)) => (Day(kept.as_of_day), kept.tables()),
            (Judging::Anew { as_of, tables }, _) => (as_of, tables),
        };
        let digests = kept.map_or_else(DigestKey::new, |kept| kept.digest_key);
        let plan = CheckPlan::new(model, tables.clone()).map_err(Error::Checks)?;
        let mut judge = Judge::new(model, Arc::new(plan), as_of, digests);
        judge.tables = tables;
        judge.world = World::of(&reader.confirmations()?, &model.attributes);
        Ok(Some(judge))
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
        Kept { as_of_day: self.as_of.0, digest_key: self.digests.clone(), tables }
    }
}
