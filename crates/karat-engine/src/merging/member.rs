//! Members: the records of a cluster, as merging sees them.

use karat_model::attribute::AttributeId;
use karat_model::claim::{Claim, Validity};
use karat_model::decision::{DecisionNo, SettledValue};
use karat_model::record::Moment;
use karat_model::table::{RecordNo, RecordTable};

/// One record of a cluster.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// Its number in the order of record keys, on which the last ties break.
    pub record: RecordNo,
    /// How far its source is trusted, 0 to 100.
    pub trust: u8,
    /// When its source said so.
    pub observed_at: Option<Moment>,
    /// What it says, in any order.
    pub claims: Vec<ClaimRef<'a>>,
    /// What stewards settled about its values, in any order.
    pub settled: &'a [SettledClaim],
}

/// What a steward settled about a value that a record brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledClaim {
    /// The attribute.
    pub attribute: AttributeId,
    /// Which of several values of the record.
    pub slot: u8,
    /// What is shown; a text is standardised like any value.
    pub value: SettledValue,
    /// The decision.
    pub no: DecisionNo,
}

/// One claim of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimRef<'a> {
    /// The attribute.
    pub attribute: AttributeId,
    /// Which of several: claims of one group with the same slot belong together.
    pub slot: u8,
    /// The standardised value.
    pub value: &'a str,
    /// How far it can be relied on.
    pub validity: Validity,
}

impl<'a> Member<'a> {
    /// The member for a record of a table, of which `filled` are the attributes with values.
    pub fn of_table(
        table: &'a RecordTable,
        filled: &[AttributeId],
        record: RecordNo,
        trust: u8,
    ) -> Member<'a> {
        let mut claims = Vec::with_capacity(filled.len());
        for &attribute in filled {
            let column = table.column(attribute);
            claims.extend(column.values(record).map(|(slot, code)| ClaimRef {
                attribute,
                slot,
                value: table.dictionary(attribute).value(code),
                validity: column.validity(record, slot, code),
            }));
        }
        Member { record, trust, observed_at: table.observed_at(record), claims, settled: &[] }
    }

    /// The member for a record with these claims.
    pub fn of_claims(
        record: RecordNo,
        trust: u8,
        observed_at: Option<Moment>,
        claims: &'a [Claim],
    ) -> Member<'a> {
        let claims = claims.iter().map(|claim| ClaimRef {
            attribute: claim.attribute,
            slot: claim.slot,
            value: &claim.value,
            validity: claim.validity,
        });
        Member { record, trust, observed_at, claims: claims.collect(), settled: &[] }
    }

    /// The member with what stewards settled about its values.
    pub fn settled(self, settled: &'a [SettledClaim]) -> Member<'a> {
        Member { settled, ..self }
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::{AttributeSet, EntityType};
    use karat_model::id::RecordKey;
    use karat_model::table::TableBuilder;

    use super::*;

    #[test]
    fn a_member_of_a_table_says_what_its_claims_say() {
        let claim = |attribute, slot, value: &str, validity| Claim {
            attribute,
            slot,
            value: value.into(),
            validity,
            column: 0,
        };
        let claims = [
            claim(AttributeId::FAMILY_NAME, 0, "Jansen", Validity::Valid),
            claim(AttributeId::EMAIL, 0, "jan@example.org", Validity::Valid),
            claim(AttributeId::EMAIL, 1, "jan@example.invalid", Validity::Suspect),
        ];
        let key: RecordKey = "crm/1".parse().unwrap();
        let attributes = AttributeSet::builtin();
        let mut builder = TableBuilder::new(EntityType::Person, &attributes, [key.source.clone()]);
        builder.push(&key, Some(Moment(7)), 0, &claims);
        let table = builder.finish();

        let filled: Vec<_> = table.filled_attributes().collect();
        let of_table = Member::of_table(&table, &filled, 0, 80);
        let of_claims = Member::of_claims(0, 80, Some(Moment(7)), &claims);
        assert_eq!(of_table.claims, of_claims.claims);
        assert_eq!(of_table.observed_at, of_claims.observed_at);
    }
}
