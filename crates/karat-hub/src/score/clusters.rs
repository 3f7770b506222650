//! Clusters against the truth: which records are together, and which should be.

use std::collections::BTreeMap;
use std::path::Path;

use karat_engine::quality::accuracy::ClusterAccuracy;
use serde_json::{Value, json};

use super::rows::{Column, Rows, value};
use crate::error::Error;

/// The usual names of the column of sources.
const SOURCES: Column = Column::OneOf(&["source"]);

/// The usual names of the column of ids.
const IDS: Column = Column::OneOf(&["id", "record_id", "unique_id"]);

/// The usual names of the column of labels.
const LABELS: Column = Column::OneOf(&["entity_id", "cluster", "cluster_id", "customer"]);

/// A file of labels: which record is of which customer.
#[derive(Clone, Copy, Debug)]
pub struct LabelFile<'a> {
    /// The file.
    pub path: &'a Path,
    /// The column of ids, where its name does not tell.
    pub id_column: Option<&'a str>,
    /// The column of labels, where its name does not tell; the last column else.
    pub label_column: Option<&'a str>,
}

/// How good clusters are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterScore {
    /// The figures.
    pub accuracy: ClusterAccuracy,
    /// Records of the truth that have no cluster: each counts as a cluster of its own.
    pub missing_in_clusters: u64,
    /// Records of clusters that the truth does not know: they do not count.
    pub missing_in_truth: u64,
    /// Rows of clusters whose record stands in an earlier row: they do not count.
    pub repeated_in_clusters: u64,
    /// Rows of the truth whose record stands in an earlier row: they do not count.
    pub repeated_in_truth: u64,
}

/// The label of each record.
struct Labels {
    of: BTreeMap<Key, String>,
    repeated: u64,
}

/// The source, where both files have one, and the id.
type Key = (Option<String>, String);

/// Compares the clusters of one file with the truth of another.
pub fn score_clusters(clusters: &LabelFile, truth: &LabelFile) -> Result<ClusterScore, Error> {
    let found = Rows::read(clusters.path)?;
    let known = Rows::read(truth.path)?;
    let sources = [found.find(&SOURCES)?, known.find(&SOURCES)?];
    let by_source = sources.iter().all(Option::is_some);
    let [of_found, of_known] = sources.map(|column| column.filter(|_| by_source));
    let found = labels(&found, clusters, of_found)?;
    let known = labels(&known, truth, of_known)?;
    Ok(compare(&found, &known))
}

fn labels(rows: &Rows, file: &LabelFile, source: Option<u16>) -> Result<Labels, Error> {
    let chosen = |named: Option<&str>, usual: &Column| match named {
        Some(name) => rows.find(&Column::Named(name)),
        None => rows.find(usual),
    };
    let last = u16::try_from(rows.columns().len().saturating_sub(1)).ok();
    let label = chosen(file.label_column, &LABELS)?.or(last);
    let any_source = rows.find(&SOURCES)?;
    let is_free = |at: &u16| Some(*at) != label && Some(*at) != any_source;
    let first = || (0..rows.columns().len() as u16).find(is_free);
    let id = chosen(file.id_column, &IDS)?.filter(is_free).or_else(first);
    let Some((id, label)) = id.zip(label) else { return Err(no_labels(file.path)) };
    let mut labels = Labels { of: BTreeMap::new(), repeated: 0 };
    for row in rows.iter() {
        let (Some(id), Some(label)) = (value(row, id), value(row, label)) else { continue };
        let source = source.map(|source| value(row, source).unwrap_or_default().to_string());
        match labels.of.entry((source, id.to_string())) {
            std::collections::btree_map::Entry::Occupied(_) => labels.repeated += 1,
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(label.to_string());
            }
        }
    }
    if labels.of.is_empty() {
        return Err(no_labels(file.path));
    }
    Ok(labels)
}

fn no_labels(path: &Path) -> Error {
    Error::NoLabels { path: path.into() }
}

fn compare(found: &Labels, known: &Labels) -> ClusterScore {
    // A label that no cluster has: the record is one of its own.
    let alone: BTreeMap<&Key, String> = known
        .of
        .keys()
        .filter(|key| !found.of.contains_key(*key))
        .enumerate()
        .map(|(at, key)| (key, format!("\0{at}")))
        .collect();
    let label = |key: &Key| found.of.get(key).unwrap_or_else(|| &alone[key]).as_str();
    let pairs = known.of.iter().map(|(key, truth)| (truth.as_str(), label(key)));
    let missing_in_truth = found.of.keys().filter(|key| !known.of.contains_key(*key)).count();
    ClusterScore {
        accuracy: ClusterAccuracy::of(pairs),
        missing_in_clusters: alone.len() as u64,
        missing_in_truth: missing_in_truth as u64,
        repeated_in_clusters: found.repeated,
        repeated_in_truth: known.repeated,
    }
}

impl ClusterScore {
    /// The figures for programs, rounded to six decimals.
    pub fn to_json(&self) -> Value {
        let ClusterAccuracy { pairs, truth, found, .. } = self.accuracy;
        let accuracy = &self.accuracy;
        json!({
            "records": accuracy.records,
            "true_clusters": truth.clusters,
            "pred_clusters": found.clusters,
            "true_clusters_multi": truth.several,
            "pred_clusters_multi": found.several,
            "max_true_cluster": truth.largest,
            "max_pred_cluster": found.largest,
            "true_pairs": pairs.right + pairs.missed,
            "pred_pairs": pairs.right + pairs.wrong,
            "tp_pairs": pairs.right,
            "fp_pairs": pairs.wrong,
            "fn_pairs": pairs.missed,
            "pair_precision": rounded(pairs.precision()),
            "pair_recall": rounded(pairs.recall()),
            "pair_f1": rounded(pairs.f1()),
            "b3_precision": rounded(accuracy.b_cubed_precision),
            "b3_recall": rounded(accuracy.b_cubed_recall),
            "b3_f1": rounded(accuracy.b_cubed_f1()),
            "exact_clusters": accuracy.exact,
            "exact_clusters_multi": accuracy.exact_several,
            "exact_cluster_fraction": accuracy.exact_share().map(rounded),
            "exact_cluster_fraction_multi": accuracy.exact_share_several().map(rounded),
            "exact_cluster_precision_multi": accuracy.exact_precision_several().map(rounded),
            "records_missing_in_pred": self.missing_in_clusters,
            "records_missing_in_truth": self.missing_in_truth,
            "duplicate_pred_rows": self.repeated_in_clusters,
            "duplicate_truth_rows": self.repeated_in_truth,
        })
    }
}

fn rounded(figure: f64) -> f64 {
    (figure * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The score of two files of text.
    fn score(clusters: &str, truth: &str) -> ClusterScore {
        let folder = tempfile::tempdir().unwrap();
        let [found, known] = ["clusters.csv", "truth.csv"].map(|name| folder.path().join(name));
        std::fs::write(&found, clusters).unwrap();
        std::fs::write(&known, truth).unwrap();
        let file = |path| LabelFile { path, id_column: None, label_column: None };
        score_clusters(&file(&found), &file(&known)).unwrap()
    }

    const TRUTH: &str = "record_id,name,cluster,remark\n1,Jo,a,x\n2,Jo,a,x\n3,Bo,b,x\n4,An,c,x\n";

    #[test]
    fn columns_are_found_by_their_names() {
        let score = score("source,id,entity_id\ncrm,1,p\ncrm,2,p\ncrm,3,q\ncrm,4,r\n", TRUTH);
        assert_eq!((score.accuracy.pairs.f1(), score.accuracy.exact), (1.0, 3));
    }

    #[test]
    fn other_labels_stand_in_the_last_column() {
        let score = score("nr,group\n1,p\n2,q\n3,r\n4,s\n", TRUTH);
        assert_eq!((score.accuracy.pairs.right, score.accuracy.pairs.missed), (0, 1));
    }

    #[test]
    fn what_is_missing_or_repeated_is_told() {
        let score = score("id,entity_id\n1,p\n1,q\n2,p\n9,p\n", TRUTH);
        assert_eq!(score.missing_in_clusters, 2);
        assert_eq!((score.missing_in_truth, score.repeated_in_clusters), (1, 1));
        assert_eq!((score.accuracy.records, score.accuracy.exact), (4, 3));
    }

    #[test]
    fn sources_tell_records_apart_where_both_files_have_them() {
        let truth = "source,id,cluster\ncrm,1,a\nshop,1,b\n";
        let apart = score("source,id,entity_id\ncrm,1,p\nshop,1,q\n", truth);
        assert_eq!((apart.accuracy.records, apart.accuracy.exact), (2, 2));
        let together = score("source,id,entity_id\ncrm,1,p\nshop,1,p\n", truth);
        assert_eq!(together.accuracy.pairs.wrong, 1);
    }
}
