//! `karat scorecard`: tells how good the data of a hub is.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use karat_hub::view::{
    AttributeScore, Channel, CheckScore, CountedShare, Counts, Entered, GroupScore, HubReader,
    Score, Scorecard, UseScore, ValueScore,
};
use karat_model::finding::Tile;
use karat_model::hub_model::HubModel;
use karat_model::language::Language;
use karat_server::api::scorecard_json;
use karat_server::report::scorecard_html;

use super::{language, now, open_hub};
use crate::failure::Failure;
use crate::terminal::{Terminal, say};

/// Tell how good the data of a hub is
///
/// Six scores for customers of each entity type (accurate, correct, complete, up to date, defined,
/// unique) with the counts behind them, how many are fit for which use, how much of what is new was
/// right the first time, and what to mend first. Where nothing was judged the score is unknown. The
/// console shows the same under Quality; who fails a check is told by `karat findings --rule CHECK`.
#[derive(Args, Debug)]
pub struct ScorecardCommand {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Tell it by source, attribute, use or check
    #[arg(long)]
    by: Option<By>,
    /// Write it to a page, to be kept, sent or printed
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON, as `GET /v1/scorecard` answers
    #[arg(long, conflicts_with = "by")]
    json: bool,
}

/// By what scores are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// By source, of its records
    Source,
    /// By attribute
    Attribute,
    /// By use, with what is needed for it
    Use,
    /// By check
    Check,
}

impl ScorecardCommand {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?.served()?;
        let scorecard = hub.scorecard()?;
        let model = hub.model();
        if let Some(path) = &self.report {
            let page = scorecard_html(&scorecard, &model, self.lang, now());
            std::fs::write(path, &page).map_err(|error| Failure::of_path(path, error))?;
        }
        if self.json {
            say!("{:#}", scorecard_json(&scorecard));
            return Ok(ExitCode::SUCCESS);
        }
        let telling = Telling { language: self.lang, model: &model, terminal: Terminal::stdout() };
        for line in telling.lines(&scorecard, self.by) {
            say!("{}", telling.terminal.fitted(&line));
        }
        if let Some(path) = &self.report {
            say!("\n{} {}", telling.say("Report:", "Rapport:"), path.display());
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// How a scorecard is told.
struct Telling<'a> {
    language: Language,
    model: &'a HubModel,
    terminal: Terminal,
}

/// A row of a table: what it is, its score, and the counts behind that.
struct Row {
    name: String,
    score: String,
    told: String,
}

impl Telling<'_> {
    fn say(&self, english: &'static str, dutch: &'static str) -> &'static str {
        self.language.say(english, dutch)
    }

    fn lines(&self, scorecard: &Scorecard, by: Option<By>) -> Vec<String> {
        if scorecard.as_of.is_none() {
            return vec![
                self.say("Nothing was judged yet.", "Er is nog niets beoordeeld.").into(),
                format!("{} karat load", self.terminal.bold(self.say("hint:", "tip:"))),
            ];
        }
        match by {
            None => self.summary(scorecard),
            Some(By::Source) => {
                let groups = scorecard.sources.iter();
                groups.flat_map(|group| self.table(group, &self.tiles(group, false))).collect()
            }
            Some(By::Attribute) => {
                let groups = scorecard.customers.iter();
                groups.flat_map(|group| self.table(group, &self.attributes(group))).collect()
            }
            Some(By::Use) => {
                scorecard.customers.iter().flat_map(|group| self.uses(group)).collect()
            }
            Some(By::Check) => self.checks(scorecard),
        }
    }

    fn summary(&self, scorecard: &Scorecard) -> Vec<String> {
        let mut lines = Vec::new();
        for group in &scorecard.customers {
            lines.extend(self.table(group, &self.tiles(group, true)));
            lines.extend(group.by_value.iter().flat_map(|of| self.by_value(of)));
            if !group.uses.is_empty() {
                lines.push(String::new());
                lines.push(format!("  {}", self.say("Fit for use", "Geschikt voor gebruik")));
                lines.extend(self.rows(&self.use_rows(group)));
            }
        }
        lines.extend(self.entered(&scorecard.entered));
        if !scorecard.worst.is_empty() {
            let title = self.say("What to mend first", "Wat eerst te herstellen");
            lines.extend([String::new(), self.terminal.bold(title)]);
        }
        for worst in &scorecard.worst {
            let whose = match &worst.source {
                Some(source) => source.to_string(),
                None => worst.entity_type.plural(self.language).to_string(),
            };
            let owner = worst.owner.as_deref();
            let owner = owner.unwrap_or(self.say("unowned", "geen eigenaar"));
            let cost = worst.cost_cents.map(|cents| format!(", {}", self.euros(cents)));
            lines.push(format!(
                "  {:>9}  {}  {whose}{}  {}",
                self.language.count(worst.failed),
                self.terminal.bold(&worst.check),
                cost.unwrap_or_default(),
                self.terminal.dim(owner),
            ));
        }
        lines
    }

    fn table(&self, group: &GroupScore, rows: &[Row]) -> Vec<String> {
        let plural = group.entity_type.plural(self.language);
        let name = match &group.source {
            Some(source) => format!("{source}, {plural}"),
            None => plural.to_string(),
        };
        let overall = self.score(group.overall.score);
        let mut lines = vec![String::new(), format!("{}  {overall}", self.terminal.bold(&name))];
        lines.extend(self.rows(rows));
        lines
    }

    /// How good customers are when each counts for what it is worth, and when all count alike.
    fn by_value(&self, of: &ValueScore) -> Vec<String> {
        let label = self.language.say(&of.label[0], &of.label[1]);
        let mut told = format!(
            "{label}: {} {} {}",
            self.euros(of.right_cents),
            self.say("of", "van"),
            self.euros(of.worth_cents)
        );
        if of.unvalued > 0 {
            let unvalued = self.language.count(of.unvalued);
            told += &format!(", {unvalued} {}", self.say("without a value", "zonder waarde"));
        }
        let customers = self.language.count(of.scored);
        let rows = [
            Row {
                name: self.say("By value", "Naar waarde").to_string(),
                score: self.score(of.score()),
                told,
            },
            Row {
                name: self.say("Each customer alike", "Elke klant even zwaar").to_string(),
                score: self.score(of.alike),
                told: format!("{customers} {}", self.say("customers", "klanten")),
            },
        ];
        let mut lines = vec![String::new()];
        lines.extend(self.rows(&rows));
        lines
    }

    /// How well what is new was entered.
    fn entered(&self, entered: &Entered) -> Vec<String> {
        let first_time_right = entered.first_time_right.iter().map(|of| {
            let wrong = [
                (of.corrected, self.say("corrected", "verbeterd")),
                (of.merged, self.say("known already", "al bekend")),
                (of.withdrawn, self.say("taken back", "ingetrokken")),
                (of.young, self.say("too young to tell", "te jong om te zeggen")),
            ];
            let wrong = wrong.into_iter().filter(|(count, _)| *count > 0);
            let told = wrong.map(|(count, word)| format!("{} {word}", self.language.count(count)));
            let channel = match of.channel {
                Channel::EntryGate => self.say("entry gate", "invoerpoort"),
                Channel::Delivery => self.say("delivery", "levering"),
            };
            let counted = self.counted_share(of.share(), of.right, of.records);
            Row {
                name: format!("{}, {channel}", of.source),
                score: self.score(of.share().map(|it| it.share)),
                told: std::iter::once(counted).chain(told).collect::<Vec<_>>().join(", "),
            }
        });
        let friday_afternoon = entered.friday_afternoon.iter().map(|of| Row {
            name: of.source.clone(),
            score: self.score(of.share().map(|it| it.share)),
            told: self.counted_share(of.share(), of.right, of.records),
        });
        let overrides = entered.overrides.iter().map(|of| {
            let right = of.gate_was_right.map(|right| {
                let gate = self.say("the gate was right", "de poort had gelijk");
                format!("{} {gate}", self.language.count(right))
            });
            Row {
                name: format!("{}, {}", of.check, of.reason_code),
                score: self.language.count(of.times),
                told: right.unwrap_or_default(),
            }
        });
        let parts: [(&str, Vec<Row>); 3] = [
            (
                self.say(
                    "Right the first time, of a quarter",
                    "In één keer goed, van een kwartaal",
                ),
                first_time_right.collect(),
            ),
            (
                self.say(
                    "The last hundred new records without an error (Friday-afternoon score)",
                    "De laatste honderd nieuwe records zonder fout (vrijdagmiddagscore)",
                ),
                friday_afternoon.collect(),
            ),
            (
                self.say("Overrides of the entry gate", "Afwijkingen bij de invoerpoort"),
                overrides.collect(),
            ),
        ];
        let mut lines = Vec::new();
        for (title, rows) in parts.iter().filter(|(_, rows)| !rows.is_empty()) {
            lines.extend([String::new(), self.terminal.bold(title)]);
            lines.extend(self.rows(rows));
        }
        lines
    }

    /// How many of how many, and between which limits their share lies.
    fn counted_share(&self, share: Option<CountedShare>, part: u64, whole: u64) -> String {
        let Some(CountedShare { low, high, .. }) = share else {
            return self.say("none is old enough", "geen is oud genoeg").into();
        };
        let [part, whole] = [part, whole].map(|count| self.language.count(count));
        let low = self.score(Some(low));
        let limits = format!("{} – {}", low.trim_end_matches(" %"), self.score(Some(high)));
        format!("{part} {} {whole} ({limits})", self.say("of", "van"))
    }

    fn rows(&self, rows: &[Row]) -> Vec<String> {
        let widest = |of: fn(&Row) -> &String| rows.iter().map(|row| of(row).chars().count()).max();
        let width = widest(|row| &row.name).unwrap_or(0);
        let scores = widest(|row| &row.score).unwrap_or(0);
        let line = |row: &Row| {
            let padding = " ".repeat(width - row.name.chars().count());
            let Row { name, score, told } = row;
            format!("  {name}{padding}  {score:>scores$}  {}", self.terminal.dim(told))
        };
        rows.iter().map(line).collect()
    }

    fn tiles(&self, group: &GroupScore, with_definitions: bool) -> Vec<Row> {
        let tiles = group.tiles.iter().filter(|(tile, _)| {
            // Attributes are defined for the hub as a whole.
            with_definitions || *tile != Tile::Defined
        });
        let row = |(tile, score): &(Tile, Score)| Row {
            name: tile.label(self.language).to_string(),
            score: self.score(score.score),
            told: self.judged(&score.counts),
        };
        tiles.map(row).collect()
    }

    fn attributes(&self, group: &GroupScore) -> Vec<Row> {
        let row = |of: &AttributeScore| Row {
            name: self.language.say(&of.label[0], &of.label[1]).to_string(),
            score: self.score(of.score.score),
            told: self.judged(&of.score.counts),
        };
        group.attributes.iter().map(row).collect()
    }

    fn use_rows(&self, group: &GroupScore) -> Vec<Row> {
        let row = |of: &UseScore| Row {
            name: self.language.say(&of.label[0], &of.label[1]).to_string(),
            score: self.fit(of),
            told: self.fit_counts(&of.counts),
        };
        group.uses.iter().map(row).collect()
    }

    /// The uses, with the checks that each needs.
    fn uses(&self, group: &GroupScore) -> Vec<String> {
        let plural = group.entity_type.plural(self.language);
        let mut lines = vec![String::new(), self.terminal.bold(plural)];
        for (of, line) in group.uses.iter().zip(self.rows(&self.use_rows(group))) {
            lines.push(line);
            for (check, failed) in of.needs.iter().filter(|(_, failed)| *failed > 0) {
                lines.push(self.terminal.dim(&format!(
                    "      {check}: {} {}",
                    self.language.count(*failed),
                    self.say("fail", "fout")
                )));
            }
        }
        lines
    }

    fn checks(&self, scorecard: &Scorecard) -> Vec<String> {
        let row = |check: &CheckScore| {
            let attribute = check.attribute.as_deref().and_then(|name| {
                let attributes = &self.model.attributes;
                Some(attributes.get(attributes.find(name)?).label(self.language))
            });
            let below = if check.is_below() { self.say(", too low", ", te laag") } else { "" };
            let attribute = attribute.map(|label| format!(" ({label})")).unwrap_or_default();
            Row {
                name: format!("{}{attribute}", check.check),
                score: self.score(check.score()),
                told: format!("{}{below}", self.judged(&check.counts)),
            }
        };
        let groups = scorecard.customers.iter().chain(&scorecard.sources);
        let mut lines: Vec<String> = groups
            .flat_map(|group| self.table(group, &group.checks.iter().map(row).collect::<Vec<_>>()))
            .collect();
        if !scorecard.definitions.is_empty() {
            let title = self.say("definitions of attributes", "definities van gegevens");
            lines.extend([String::new(), self.terminal.bold(title)]);
            let rows: Vec<Row> = scorecard.definitions.iter().map(row).collect();
            lines.extend(self.rows(&rows));
        }
        lines
    }

    /// A score that never rounds to all.
    fn score(&self, score: Option<f64>) -> String {
        let Some(score) = score else { return self.say("unknown", "onbekend").into() };
        let per_mille = (score * 1_000.0).floor() as u64;
        format!("{}{}{} %", per_mille / 10, self.say(".", ","), per_mille % 10)
    }

    /// The share that is fit for a use, from the least to the greatest that it may be.
    fn fit(&self, of: &UseScore) -> String {
        match of.fit() {
            None => self.score(None),
            Some([least, most]) if least == most => self.score(Some(least)),
            Some([least, most]) => {
                let least = self.score(Some(least));
                format!("{} – {}", least.trim_end_matches(" %"), self.score(Some(most)))
            }
        }
    }

    fn fit_counts(&self, counts: &Counts) -> String {
        let Counts { pass, fail, unverified, error, .. } = *counts;
        let told = [
            (pass, self.say("fit", "geschikt")),
            (fail, self.say("not fit", "niet geschikt")),
            (unverified + error, self.say("not verified", "niet nagegaan")),
        ];
        let told = told.into_iter().filter(|(count, _)| *count > 0);
        let told = told.map(|(count, word)| format!("{} {word}", self.language.count(count)));
        told.collect::<Vec<_>>().join(", ")
    }

    fn judged(&self, counts: &Counts) -> String {
        let Counts { pass, unverified, error, .. } = *counts;
        let mut told = Vec::new();
        if counts.judged() > 0 {
            let [pass, judged] = [pass, counts.judged()].map(|count| self.language.count(count));
            told.push(format!("{pass} {} {judged}", self.say("of", "van")));
        }
        for (count, [english, dutch]) in [
            (unverified, ["not verified", "niet nagegaan"]),
            (error, ["could not be judged", "niet te beoordelen"]),
        ] {
            if count > 0 {
                told.push(format!("{} {}", self.language.count(count), self.say(english, dutch)));
            }
        }
        if told.is_empty() {
            told.push(self.say("nothing was judged", "niets beoordeeld").into());
        }
        told.join(", ")
    }

    fn euros(&self, cents: u64) -> String {
        let whole = self.language.count(cents / 100);
        format!("€ {whole}{}{:02}", self.say(".", ","), cents % 100)
    }
}
