//! `karat evaluate`: how good clusters are, by the truth or by labelled pairs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_engine::quality::estimate::{Interval, Stratum};
use karat_hub::score::clusters::{ClusterScore, LabelFile, score_clusters};
use karat_hub::score::pairs::{PairScore, score_pairs};

use crate::failure::Failure;
use crate::terminal::{Terminal, count, counted, percent, say};

/// Tell how good clusters are, by a known truth or by labelled pairs
#[derive(Args, Debug)]
pub struct Evaluate {
    /// The clusters: a file with an id and an entity id, and perhaps a source, for each record
    #[arg(required_unless_present = "pairs", requires = "truth")]
    clusters: Option<PathBuf>,
    /// The truth: a file with an id and a label, and perhaps a source, for each record
    truth: Option<PathBuf>,
    /// The column of ids in the clusters, where its name does not tell
    #[arg(long, value_name = "COLUMN")]
    id_column: Option<String>,
    /// The column of entity ids in the clusters, where its name does not tell
    #[arg(long, value_name = "COLUMN")]
    cluster_column: Option<String>,
    /// The column of ids in the truth, where its name does not tell
    #[arg(long, value_name = "COLUMN")]
    truth_id_column: Option<String>,
    /// The column of labels in the truth, where its name does not tell
    #[arg(long, value_name = "COLUMN")]
    truth_column: Option<String>,
    /// Estimate from labelled pairs instead: the pairs of `karat match --pairs`
    #[arg(long, value_name = "FILE", requires = "labels", conflicts_with = "clusters")]
    pairs: Option<PathBuf>,
    /// The labels: left_source,left_id,right_source,right_id,label; same, different or unsure
    #[arg(long, value_name = "FILE", requires = "pairs")]
    labels: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Evaluate {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let terminal = Terminal::stdout();
        if let (Some(pairs), Some(labels)) = (&self.pairs, &self.labels) {
            let score = score_pairs(pairs, labels)?;
            if self.json {
                say!("{:#}", score.to_json());
            } else {
                print_pairs(&score, terminal);
            }
        } else if let (Some(clusters), Some(truth)) = (&self.clusters, &self.truth) {
            let clusters = LabelFile {
                path: clusters,
                id_column: self.id_column.as_deref(),
                label_column: self.cluster_column.as_deref(),
            };
            let truth = LabelFile {
                path: truth,
                id_column: self.truth_id_column.as_deref(),
                label_column: self.truth_column.as_deref(),
            };
            let score = score_clusters(&clusters, &truth)?;
            if self.json {
                say!("{:#}", score.to_json());
            } else {
                print_clusters(&score, terminal);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print_clusters(score: &ClusterScore, terminal: Terminal) {
    let accuracy = &score.accuracy;
    let pairs = &accuracy.pairs;
    say!(
        "{}: {} in truth, {} found\n",
        counted(accuracy.records, "record", "records"),
        counted(accuracy.truth.clusters, "cluster", "clusters"),
        count(accuracy.found.clusters)
    );
    let header = format!("{:<10} {:>10} {:>10} {:>10}", "", "precision", "recall", "F1");
    say!("{}", terminal.bold(&header));
    let line = |name: &str, precision: f64, recall: f64, f1: f64| {
        say!("{name:<10} {precision:>10.4} {recall:>10.4} {f1:>10.4}");
    };
    line("pairs", pairs.precision(), pairs.recall(), pairs.f1());
    let (precision, recall) = (accuracy.b_cubed_precision, accuracy.b_cubed_recall);
    line("B-cubed", precision, recall, accuracy.b_cubed_f1());
    say!(
        "\n{} right, {} wrong, {} missed",
        counted(pairs.right, "pair", "pairs"),
        count(pairs.wrong),
        count(pairs.missed)
    );
    let share = |share: Option<f64>| share.map_or("none".to_string(), percent);
    say!(
        "{} exactly right: {} of all, {} of those with several records",
        counted(accuracy.exact, "cluster is", "clusters are"),
        share(accuracy.exact_share()),
        share(accuracy.exact_share_several())
    );
    for (number, what) in [
        (score.missing_in_clusters, "of the truth in no cluster: each counts as one of its own"),
        (score.missing_in_truth, "in clusters but not in the truth: left out"),
        (score.repeated_in_clusters, "more than once in the clusters: the first counts"),
        (score.repeated_in_truth, "more than once in the truth: the first counts"),
    ] {
        if number > 0 {
            say!("  note: {} {what}", counted(number, "record is", "records are"));
        }
    }
}

fn print_pairs(score: &PairScore, terminal: Terminal) {
    let pairs: u64 = score.strata.iter().map(|stratum| stratum.pairs).sum();
    say!("{} of {} with a label\n", count(score.labelled()), counted(pairs, "pair", "pairs"));
    let header =
        format!("{:<8} {:<8} {:>10} {:>10} {:>10}", "bits", "", "pairs", "same", "different");
    say!("{}", terminal.bold(&header));
    for Stratum { bits, linked, pairs, same, different } in score.strata.iter().rev() {
        let linked = if *linked { "linked" } else { "" };
        let range = format!("{bits:+}");
        say!(
            "{range:<8} {linked:<8} {:>10} {:>10} {:>10}",
            count(*pairs),
            count(*same),
            count(*different)
        );
    }
    say!("");
    say!("precision  {}", interval(score.estimate.precision));
    say!("recall     {}", interval(score.estimate.recall));
    say!(
        "\nThe intervals have 95 % confidence, if the labelled pairs of a weight were drawn at random.\n\
         The recall is that of the pairs in this file only: pairs that were never compared, or\n\
         weighed less, do not count."
    );
    for (number, what) in [
        (score.unsure, "unsure: left out"),
        (score.contradicted, "labelled both ways: left out"),
        (score.unknown, "not in the file of pairs: left out"),
    ] {
        if number > 0 {
            say!("  note: {} {what}", counted(number, "labelled pair is", "labelled pairs are"));
        }
    }
    let unlabelled = score.estimate.pairs_unlabelled_strata;
    if unlabelled > 0 {
        let pairs = counted(unlabelled, "pair has", "pairs have");
        say!(
            "  note: {pairs} a weight without labels, and count as those of the nearest with some"
        );
    }
}

fn interval(found: Option<Interval>) -> String {
    found.map_or("cannot be told: there are too few labels".into(), |found| {
        let Interval { estimate, low, high } = found;
        format!("{}  ({} to {})", percent(estimate), percent(low), percent(high))
    })
}
