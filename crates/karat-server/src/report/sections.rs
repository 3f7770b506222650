//! The sections on matching that every report has: clusters and pairs to look at, and how sure
//! matching is.

use askama::Template;
use karat_hub::matching_report::{
    Cohesion, MatchingReport, ReportedCluster, ReportedPair, ThresholdLadder,
};
use karat_model::attribute::AttributeSet;

use super::cluster::{ClusterCard, Explained};
use super::matching::MatchingChapter;
use super::potential::PotentialCard;
use crate::locale::Locale;

/// The sections on matching.
#[derive(Template)]
#[template(path = "report/sections.html")]
pub(super) struct MatchSections<'a> {
    /// The language.
    pub text: Locale,
    /// The reports, one per entity type.
    pub reports: &'a [MatchingReport],
    /// The attributes that ids in the reports stand for.
    pub attributes: &'a AttributeSet,
    /// Whether values of customers are masked.
    pub masked: bool,
}

impl<'a> MatchSections<'a> {
    /// What the weights were learnt from.
    fn learned(&self) -> &'static str {
        let has_labels = self.reports.iter().any(|report| report.labels.is_some());
        if has_labels {
            self.text.say(
                "Karat learned these weights from the files themselves, and from labels.",
                "Karat leerde deze gewichten uit de bestanden zelf, en van labels.",
            )
        } else {
            self.text.say(
                "Karat learned these weights from the files themselves, without examples.",
                "Karat leerde deze gewichten uit de bestanden zelf, zonder voorbeelden.",
            )
        }
    }

    /// The anchor and the title of each section.
    pub(super) fn contents(&self) -> Vec<(&'static str, &'static str)> {
        let text = self.text;
        let mut contents = vec![
            ("clusters", text.say("Largest groups", "Grootste groepen")),
            ("weakest", text.say("Weakest groups", "Zwakste groepen")),
            ("potential", text.say("Potential matches", "Mogelijke dubbelen")),
            ("how", text.say("How Karat decided", "Hoe Karat besliste")),
        ];
        let has_weakest = !self.weakest_clusters().is_empty();
        contents.retain(|&(anchor, _)| anchor != "weakest" || has_weakest);
        contents
    }

    /// Whether the report shows values of customers, and what to do about it.
    pub(super) fn privacy(&self) -> &'static str {
        match self.masked {
            true => self.text.say(
                "Values of customers are masked in this report. Ids of records and names of files and columns are not.",
                "Waarden van klanten zijn in dit rapport afgeschermd. Sleutels van records en namen van bestanden en kolommen niet.",
            ),
            false => self.text.say(
                "This report shows personal data of customers, in the clusters and pairs below. Keep it as you keep the files themselves. It was made on this machine, loads nothing and sends nothing.",
                "Dit rapport toont persoonsgegevens van klanten, in de groepen en paren hieronder. Bewaar het zoals u de bestanden zelf bewaart. Het is op deze computer gemaakt, laadt niets en verstuurt niets.",
            ),
        }
    }

    fn largest_clusters(&self) -> Vec<&'a ReportedCluster> {
        let clusters = self.reports.iter().flat_map(|report| &report.largest_clusters);
        let mut clusters: Vec<&ReportedCluster> = clusters.collect();
        clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.size));
        clusters
    }

    fn weakest_clusters(&self) -> Vec<&'a ReportedCluster> {
        let clusters = self.reports.iter().flat_map(|report| &report.weakest_clusters);
        let mut clusters: Vec<&ReportedCluster> = clusters.collect();
        clusters.sort_by_key(|cluster| cluster.weakest_link().map(|link| link.total));
        clusters
    }

    fn potential_matches(&self) -> Vec<&'a ReportedPair> {
        let pairs = self.reports.iter().flat_map(|report| &report.heaviest_potential);
        let mut pairs: Vec<&ReportedPair> = pairs.collect();
        pairs.sort_by_key(|found| std::cmp::Reverse(found.pair.total));
        pairs
    }

    fn potential_match_total(&self) -> u64 {
        self.reports.iter().map(|report| report.potential_matches).sum()
    }

    fn cluster(&self, cluster: &'a ReportedCluster, is_open: bool) -> ClusterCard<'a> {
        let MatchSections { text, attributes, masked, .. } = *self;
        let explained = Explained::Links;
        ClusterCard { text, attributes, masked, cluster, explained, is_open }
    }

    fn weak_cluster(&self, cluster: &'a ReportedCluster, is_open: bool) -> ClusterCard<'a> {
        ClusterCard { explained: Explained::WeakestLink, ..self.cluster(cluster, is_open) }
    }

    fn potential(&self, found: &'a ReportedPair, is_open: bool) -> PotentialCard<'a> {
        let MatchSections { text, attributes, masked, .. } = *self;
        let ReportedPair { pair, held } = found;
        PotentialCard { text, attributes, masked, pair, held: *held, is_open }
    }

    fn held(&self) -> u64 {
        self.reports.iter().map(|report| report.held).sum()
    }

    /// How well the customers with several records hold together, all types taken together.
    fn cohesion(&self) -> Cohesion {
        self.reports.iter().fold(Cohesion::default(), |sum, report| sum.plus(report.cohesion))
    }

    fn ladders(&self) -> Vec<&'a ThresholdLadder> {
        self.reports.iter().flat_map(|report| &report.ladders).collect()
    }

    fn chapter(&self, report: &'a MatchingReport) -> MatchingChapter<'a> {
        MatchingChapter::of(report, self.text, self.masked)
    }
}
