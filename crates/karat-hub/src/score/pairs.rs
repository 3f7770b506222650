//! Labelled pairs: what they tell of all pairs that matching kept.

use std::collections::BTreeMap;
use std::path::Path;

use karat_engine::quality::estimate::{Estimate, Interval, Stratum, estimate};
use serde_json::{Value, json};

use super::labels::{Ends, PairKey, PairLabels, Said};
use super::rows::{Rows, value};
use crate::error::Error;

/// What labelled pairs tell.
#[derive(Clone, Debug, PartialEq)]
pub struct PairScore {
    /// The estimates.
    pub estimate: Estimate,
    /// The strata, the lightest first.
    pub strata: Vec<Stratum>,
    /// Labels that say neither same nor different: they do not count.
    pub unsure: u64,
    /// Labels of pairs that matching did not keep: they do not count.
    pub unknown: u64,
    /// Pairs that are labelled both as same and as different: neither counts.
    pub contradicted: u64,
}

/// Estimates from the pairs that `karat match --pairs` wrote and labels of some of them.
pub fn score_pairs(pairs: &Path, labels: &Path) -> Result<PairScore, Error> {
    let labels = PairLabels::read(labels)?;
    let certain: BTreeMap<&PairKey, bool> =
        labels.pairs().filter_map(|(key, said)| Some((key, said.is_same()?))).collect();

    let rows = Rows::read(pairs)?;
    let weight = rows.need("weight")?;
    let linked = rows.need("linked")?;
    let ends = Ends::find(&rows)?;
    let mut strata: BTreeMap<(i32, bool), Stratum> = BTreeMap::new();
    let mut known = 0;
    for row in rows.iter() {
        let bits = value(row, weight).and_then(|weight| weight.parse::<f64>().ok());
        let Some((bits, key)) = bits.zip(ends.key(row)) else { continue };
        let linked = value(row, linked) == Some("true");
        let bits = bits.floor() as i32;
        let new = Stratum { bits, linked, pairs: 0, same: 0, different: 0 };
        let stratum = strata.entry((bits, linked)).or_insert(new);
        stratum.pairs += 1;
        if let Some(&is_same) = certain.get(&key) {
            known += 1;
            stratum.same += u64::from(is_same);
            stratum.different += u64::from(!is_same);
        }
    }
    let strata: Vec<Stratum> = strata.into_values().collect();
    Ok(PairScore {
        estimate: estimate(&strata),
        strata,
        unsure: labels.count(Said::Unsure),
        unknown: certain.len() as u64 - known,
        contradicted: labels.count(Said::Contradicted),
    })
}

impl PairScore {
    /// How many labels count.
    pub fn labelled(&self) -> u64 {
        self.strata.iter().map(|stratum| stratum.same + stratum.different).sum()
    }

    /// The figures for programs.
    pub fn to_json(&self) -> Value {
        let interval = |found: Option<Interval>| {
            found.map(|Interval { estimate, low, high }| {
                json!({ "estimate": estimate, "low": low, "high": high })
            })
        };
        json!({
            "precision": interval(self.estimate.precision),
            "recall_of_kept_pairs": interval(self.estimate.recall),
            "confidence": 0.95,
            "labelled": self.labelled(),
            "unsure": self.unsure,
            "contradicted": self.contradicted,
            "labels_of_unknown_pairs": self.unknown,
            "pairs_in_unlabelled_strata": self.estimate.pairs_unlabelled_strata,
            "strata": self.strata.iter().map(stratum).collect::<Vec<_>>(),
        })
    }
}

fn stratum(stratum: &Stratum) -> Value {
    json!({
        "bits": stratum.bits,
        "linked": stratum.linked,
        "pairs": stratum.pairs,
        "same": stratum.same,
        "different": stratum.different,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: &str = "\
left_source,left_id,right_source,right_id,weight,probability,linked,together
crm,1,crm,2,5.5,0.97,true,true
crm,1,shop,1,5.1,0.97,true,true
crm,3,shop,1,0.4,0.57,true,false
crm,4,shop,1,-0.6,0.4,false,false
";

    fn score(labels: &str) -> Result<PairScore, Error> {
        let folder = tempfile::tempdir().unwrap();
        let [pairs, said] = ["pairs.csv", "labels.csv"].map(|name| folder.path().join(name));
        std::fs::write(&pairs, PAIRS).unwrap();
        let header = "left_source,left_id,right_source,right_id,label\n";
        std::fs::write(&said, format!("{header}{labels}")).unwrap();
        score_pairs(&pairs, &said)
    }

    #[test]
    fn labels_are_counted_by_whole_bits_whichever_side_stands_left() {
        let labels = "crm,2,crm,1,same\ncrm,1,shop,1,Different\ncrm,4,shop,1,different\n";
        let score = score(labels).unwrap();
        let strata = score.strata.iter().map(|stratum| {
            let Stratum { bits, linked, pairs, same, different } = stratum;
            format!("{bits} {linked} {pairs} {same} {different}")
        });
        let strata: Vec<String> = strata.collect();
        assert_eq!(strata, ["-1 false 1 0 1", "0 true 1 0 0", "5 true 2 1 1"]);
        assert_eq!((score.labelled(), score.unsure, score.unknown), (3, 0, 0));
    }

    #[test]
    fn labels_that_do_not_count_are_told() {
        let labels = "crm,1,crm,2,unsure\ncrm,8,crm,9,same\ncrm,3,shop,1,same\nshop,1,crm,3,different\ncrm,4,shop,1,same\n";
        let score = score(labels).unwrap();
        assert_eq!((score.labelled(), score.unsure), (1, 1));
        assert_eq!((score.unknown, score.contradicted), (1, 1));
    }

    #[test]
    fn other_words_are_no_labels() {
        assert!(matches!(score("crm,1,crm,2,perhaps\n"), Err(Error::UnknownLabel { .. })));
        assert!(matches!(score("crm,1,crm,2,\n"), Err(Error::NoLabels { .. })));
    }
}
