//! Golden records, long, with lineage: a row per claim behind a golden value.
//!
//! Columns: `entity_id`, `attribute`, `rank` (0 is the best), `value`, `rule`, `source`, `id`,
//! `observed_at`, `role`. The role is `winner` for the claim whose value it is, `supporter` for a
//! record that claims the same value, `loser` for another value that stood against it. The rule of
//! a loser is the one by which it lost; that of a winner and its supporters the one that decided.
//! Where no rule decided, it is missing. Of what a steward decided the rule is `decision`: the role
//! of a value that the steward wrote, which goes with a record that says something else, is
//! `written`, and an attribute of which it was decided that it shows nothing has losers alone.

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::golden::{ClaimSource, GoldenRecord, Loser};
use karat_model::hub_model::SurvivorshipRule;
use karat_model::id::EntityId;

use super::{Destination, Field, FieldKind, Result, TableWriter, moment};

/// Writes golden records with their lineage.
pub struct LineageFile {
    table: TableWriter,
    /// The names of the attributes, by their numbers.
    names: Vec<String>,
}

impl LineageFile {
    /// Opens the file for golden records with these attributes.
    pub fn create(destination: &Destination, attributes: &AttributeSet) -> Result<LineageFile> {
        let columns = [
            ("entity_id", FieldKind::Text),
            ("attribute", FieldKind::Text),
            ("rank", FieldKind::Number),
            ("value", FieldKind::Text),
            ("rule", FieldKind::Text),
            ("source", FieldKind::Text),
            ("id", FieldKind::Text),
            ("observed_at", FieldKind::Text),
            ("role", FieldKind::Text),
        ];
        let names = attributes.iter().map(|(_, attribute)| attribute.name.clone()).collect();
        Ok(LineageFile { table: TableWriter::create(destination, &columns)?, names })
    }

    /// Adds all claims behind a golden record.
    pub fn write(&mut self, entity_id: EntityId, golden: &GoldenRecord) -> Result<()> {
        let entity_id = entity_id.to_string();
        for value in &golden.values {
            let mut write = |claimed: &str, source, rule, role| {
                let place = (value.attribute, value.rank);
                self.write_claim(&entity_id, place, claimed, source, rule, role)
            };
            let is_written = value.decided.is_some_and(|decided| decided.is_written);
            let role = if is_written { "written" } else { "winner" };
            write(&value.value, &value.winner, value.rule, role)?;
            for supporter in &value.supporters {
                write(&value.value, supporter, value.rule, "supporter")?;
            }
            for loser in &value.losers {
                write(&loser.value, &loser.source, loser.rule, "loser")?;
            }
        }
        for withheld in &golden.withheld {
            for Loser { value, source, rule } in &withheld.losers {
                let place = (withheld.attribute, 0);
                self.write_claim(&entity_id, place, value, source, *rule, "loser")?;
            }
        }
        Ok(())
    }

    /// Completes the file and tells how many rows it has.
    pub fn finish(self) -> Result<u64> {
        self.table.finish()
    }

    fn write_claim(
        &mut self,
        entity_id: &str,
        (attribute, rank): (AttributeId, u8),
        claimed: &str,
        source: &ClaimSource,
        rule: Option<SurvivorshipRule>,
        role: &str,
    ) -> Result<()> {
        let observed_at = source.observed_at.and_then(moment::written);
        self.table.write_row(&[
            Field::Text(entity_id),
            Field::Text(&self.names[usize::from(attribute.0)]),
            Field::Number(rank.into()),
            Field::Text(claimed),
            Field::text(rule.map(SurvivorshipRule::name)),
            Field::Text(source.record.source.as_str()),
            Field::Text(&source.record.id),
            Field::text(observed_at.as_deref()),
            Field::Text(role),
        ])
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::EntityType;
    use karat_model::decision::DecisionNo;
    use karat_model::golden::{DecidedValue, GoldenValue, Withheld};
    use karat_model::record::Moment;

    use super::super::table::tests::read;
    use super::*;

    fn source(key: &str, observed_at: Option<i64>) -> ClaimSource {
        ClaimSource { record: key.parse().unwrap(), observed_at: observed_at.map(Moment) }
    }

    #[test]
    fn every_claim_has_its_role_and_rule() {
        let golden = GoldenRecord {
            entity_type: EntityType::Person,
            values: vec![
                GoldenValue {
                    attribute: AttributeId::CITY,
                    rank: 0,
                    value: "Ede".into(),
                    winner: source("crm/1", Some(0)),
                    supporters: vec![source("shop/2", None)],
                    losers: vec![Loser {
                        value: "Oss".into(),
                        source: source("erp/3", Some(86_400)),
                        rule: Some(SurvivorshipRule::Trust),
                    }],
                    rule: Some(SurvivorshipRule::Trust),
                    decided: None,
                },
                GoldenValue {
                    attribute: AttributeId::EMAIL,
                    rank: 1,
                    value: "eva@example.org".into(),
                    winner: source("crm/1", Some(0)),
                    supporters: vec![],
                    losers: vec![],
                    rule: None,
                    decided: None,
                },
                GoldenValue {
                    attribute: AttributeId::PHONE,
                    rank: 0,
                    value: "+31201234567".into(),
                    winner: source("crm/1", None),
                    supporters: vec![],
                    losers: vec![],
                    rule: Some(SurvivorshipRule::Decision),
                    decided: Some(DecidedValue { no: DecisionNo(7), is_written: true }),
                },
            ],
            withheld: vec![Withheld {
                attribute: AttributeId::GENDER,
                no: DecisionNo(8),
                losers: vec![Loser {
                    value: "male".into(),
                    source: source("crm/1", Some(0)),
                    rule: Some(SurvivorshipRule::Decision),
                }],
            }],
        };
        let folder = tempfile::tempdir().unwrap();
        let header = "entity_id,attribute,rank,value,rule,source,id,observed_at,role";
        let rows = |missing: &str| {
            [
                header.to_owned(),
                "000000000007,city,0,Ede,trust,crm,1,1970-01-01T00:00:00Z,winner".to_owned(),
                format!("000000000007,city,0,Ede,trust,shop,2,{missing},supporter"),
                "000000000007,city,0,Oss,trust,erp,3,1970-01-02T00:00:00Z,loser".to_owned(),
                format!(
                    "000000000007,email,1,eva@example.org,{missing},crm,1,1970-01-01T00:00:00Z,winner"
                ),
                format!("000000000007,phone,0,+31201234567,decision,crm,1,{missing},written"),
                "000000000007,gender,0,male,decision,crm,1,1970-01-01T00:00:00Z,loser".to_owned(),
            ]
        };
        for (name, missing) in [("lineage.csv", ""), ("lineage.parquet", "∅")] {
            let path = folder.path().join(name);
            let destination = Destination::new(&path, None).unwrap();
            let mut file = LineageFile::create(&destination, &AttributeSet::builtin()).unwrap();
            file.write(EntityId::from_u64(7), &golden).unwrap();
            assert_eq!(file.finish().unwrap(), 6);
            assert_eq!(read(&path), rows(missing));
        }
    }
}
