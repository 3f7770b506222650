//! `karat profile`: tells what stands in the columns of files, or of a source of a hub.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use karat_hub::connect;
use karat_hub::error::Error;
use karat_hub::flow::files::FileProblem;
use karat_hub::mask::mask;
use karat_hub::profiling::{
    ProfileBook, Profiled, ProfiledColumn, SourceProfile, profile_files, profile_source,
};
use karat_model::hub_model::Country;
use karat_model::id::SourceName;
use karat_model::language::Language;
use karat_model::profile::{CharacterClass, ColumnProfile, QuantileValue, Sensitivity};
use karat_model::semantic::SemanticType;

use super::init::country;
use super::{language, open_hub};
use crate::failure::{FOUND, Failure};
use crate::progress::Bars;
use crate::terminal::{Terminal, say};

/// Tell what stands in the columns of files, or of a source of a hub
///
/// Of each column: what its values seem to mean and how sure that is, how many rows have one, how
/// many are different, whether it could be a key, the frequent values and patterns, lengths, kinds
/// of characters, and how numbers and dates are spread. Of columns together: which determine
/// others, and which refer to the key of another file. With `--state` what was seen before counts
/// too, without its files being read again; that file holds values of customers.
#[derive(Args, Debug)]
pub struct Profile {
    /// Files and patterns such as 'data/*.csv'; `-` reads standard input
    #[arg(required_unless_present = "source", conflicts_with = "source")]
    files: Vec<String>,
    /// The folder of the hub
    #[arg(long, default_value = "hub", requires = "source")]
    hub: PathBuf,
    /// The source of the hub whose files are read
    #[arg(long)]
    source: Option<String>,
    /// Tell all of this column alone
    #[arg(long)]
    column: Option<String>,
    /// Add what this file says was seen before, and write to it what is seen in all
    #[arg(long)]
    state: Option<PathBuf>,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// The country of addresses and phone numbers that name none (ISO 3166, two letters)
    #[arg(long, default_value = "NL", value_parser = country)]
    country: Country,
    /// Mask the values of customers, as in j***
    #[arg(long)]
    mask: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Profile {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let mut book = match &self.state {
            Some(path) => ProfileBook::read(path)?,
            None => ProfileBook::default(),
        };
        let profiled =
            profiled(&self.files, self.source.as_deref(), &self.hub, self.country, &mut book)?;
        if let Some(path) = &self.state {
            book.write(path)?;
        }
        let profiled = match &self.column {
            Some(column) => only(profiled, column)?,
            None => profiled,
        };
        let outcome =
            if profiled.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) };
        if self.json {
            let shown = if self.mask { mask } else { str::to_string };
            say!("{:#}", profiled.to_json(shown));
            return Ok(outcome);
        }
        let telling = Telling {
            language: self.lang,
            shown: if self.mask { mask } else { str::to_string },
            terminal: Terminal::stdout(),
            is_whole: self.column.is_some(),
        };
        for line in telling.lines(&profiled) {
            say!("{}", telling.terminal.fitted(&line));
        }
        Ok(outcome)
    }
}

/// Profiles what was named: files, or a source of a hub.
pub fn profiled(
    files: &[String],
    source: Option<&str>,
    hub: &Path,
    country: Country,
    book: &mut ProfileBook,
) -> Result<Profiled, Failure> {
    let progress = Bars::start();
    let Some(source) = source else {
        let (names, standard_input): (Vec<String>, Vec<String>) =
            files.iter().cloned().partition(|name| name != "-");
        let mut files = connect::expand(Path::new(""), &names)?;
        files.extend(standard_input.iter().map(PathBuf::from));
        return Ok(profile_files(&files, country, book, &progress)?);
    };
    let hub = open_hub(hub)?;
    let model = hub.model();
    let Some(known) = model.source(&SourceName::new(source)) else {
        let names: Vec<&str> = model.sources.iter().map(|source| source.name.as_str()).collect();
        return Err(Failure::new(
            format!("the hub has no source `{source}`"),
            format!("Its sources are {}.", names.join(", ")),
        ));
    };
    Ok(profile_source(hub.dir(), model, known, book, &progress)?)
}

/// The same with one column only.
fn only(mut profiled: Profiled, column: &str) -> Result<Profiled, Error> {
    let headers = profiled.sources.iter().flat_map(|source| &source.columns);
    let headers: Vec<String> = headers.map(|column| column.profile.header.clone()).collect();
    if !headers.iter().any(|header| header == column) {
        return Err(Error::NoColumn { column: column.into(), columns: headers });
    }
    for source in &mut profiled.sources {
        source.columns.retain(|known| known.profile.header == column);
        source.dependencies.clear();
    }
    profiled.sources.retain(|source| !source.columns.is_empty());
    profiled.references.retain(|found| found.from.1 == column || found.to.1 == column);
    Ok(profiled)
}

/// How many values and patterns of a column are told in one line, and in all.
const TOLD_SHORT: usize = 3;
const TOLD_WHOLE: usize = 10;

/// How many characters of a value are shown.
const VALUE_CHARS_MAX: usize = 40;

/// How long the bar of a whole is.
const BAR: usize = 24;

/// How a profile is told.
struct Telling {
    language: Language,
    shown: fn(&str) -> String,
    terminal: Terminal,
    /// Whether all is told of a column, or what fits in two lines.
    is_whole: bool,
}

impl Telling {
    fn say(&self, english: &'static str, dutch: &'static str) -> &'static str {
        self.language.say(english, dutch)
    }

    fn count(&self, number: u64) -> String {
        self.language.count(number)
    }

    fn counted(&self, count: u64, one: &str, several: &str) -> String {
        format!("{} {}", self.count(count), if count == 1 { one } else { several })
    }

    fn percent(&self, part: u64, whole: u64) -> String {
        // Rounded down, so that what is not whole is never told as 100 %.
        let per_mille = u128::from(part) * 1000 / u128::from(whole.max(1));
        let point = self.say(".", ",");
        format!("{}{point}{} %", per_mille / 10, per_mille % 10)
    }

    fn lines(&self, profiled: &Profiled) -> Vec<String> {
        let mut lines = Vec::new();
        for source in &profiled.sources {
            lines.extend(self.source(source));
        }
        if !profiled.references.is_empty() {
            lines.push(String::new());
            lines.push(self.terminal.bold(
                self.say("May refer to another source", "Verwijst mogelijk naar een andere bron"),
            ));
            for found in &profiled.references {
                let name = |(source, column): &(SourceName, String)| format!("{source}.{column}");
                let share = self.percent((found.share * 1000.0) as u64, 1000);
                lines.push(format!("  {} → {}  {share}", name(&found.from), name(&found.to)));
            }
        }
        for FileProblem { problem, hint, .. } in &profiled.problems {
            lines.push(String::new());
            lines.push(problem.clone());
            let hint = hint.iter().map(|hint| format!("  {} {hint}", self.terminal.bold("hint:")));
            lines.extend(hint);
        }
        lines
    }

    fn source(&self, source: &SourceProfile) -> Vec<String> {
        let name = self.terminal.bold(source.name.as_str());
        let rows = self.count(source.rows);
        let before = match source.rows_before {
            0 => String::new(),
            before => {
                format!(
                    ", {} {}",
                    self.count(before),
                    self.say("of them seen before", "daarvan eerder gezien")
                )
            }
        };
        let mut lines =
            vec![String::new(), format!("{name}  {rows} {}{before}", self.say("rows", "rijen"))];
        for column in &source.columns {
            lines.push(String::new());
            lines.extend(self.column(column));
        }
        if !source.dependencies.is_empty() {
            let title =
                self.say("One value goes with one other", "Bij één waarde hoort één andere");
            lines.extend([String::new(), self.terminal.bold(&format!("  {title}"))]);
        }
        let header = |number: usize| &source.columns[number].profile.header;
        for found in &source.dependencies {
            let share = self.percent((found.share * 1000.0) as u64, 1000);
            let of = self.say("of", "van");
            let values = self.say("values looked at", "bekeken waarden");
            let told = format!("{share} {of} {} {values}", found.looked_at);
            lines.push(format!(
                "  {} → {}  {}",
                header(found.from),
                header(found.to),
                self.terminal.dim(&told)
            ));
        }
        lines
    }

    fn column(&self, column: &ProfiledColumn) -> Vec<String> {
        let ColumnProfile { header, rows, filled, distinct, .. } = &column.profile;
        let meaning = column.meaning().name();
        let sure = match column.told {
            Some(_) => self.say("by the hub model", "volgens het hubmodel").to_string(),
            None => format!("{} %", (column.confidence * 100.0) as u32),
        };
        let about = if column.profile.is_estimate { "±" } else { "" };
        let facts = format!(
            "{} {}, {about}{} {}",
            self.percent(*filled, *rows),
            self.say("filled", "gevuld"),
            self.count(*distinct),
            self.say("different", "verschillend"),
        );
        let mut lines = vec![format!(
            "  {}  {meaning} {}  {facts}",
            self.terminal.bold(header),
            self.terminal.dim(&format!("({sure})")),
        )];
        lines.extend(self.notices(column).into_iter().map(|notice| format!("      {notice}")));
        if self.is_whole {
            lines.extend(self.whole(&column.profile));
        } else if *filled > 0 {
            lines.push(self.terminal.dim(&format!("      {}", self.short(&column.profile))));
        }
        lines
    }

    /// What is worth a look.
    fn notices(&self, column: &ProfiledColumn) -> Vec<String> {
        let profile = &column.profile;
        let mut notices = Vec::new();
        match column.sensitive {
            Some(Sensitivity::CitizenNumber) => notices.push(self.terminal.red(self.say(
                "Holds citizen service numbers (BSN), which companies may not keep.",
                "Bevat burgerservicenummers (BSN), die bedrijven niet mogen bewaren.",
            ))),
            Some(Sensitivity::Account) => {
                notices.push(
                    self.say("Bank accounts: sensitive.", "Rekeningnummers: gevoelig.").into(),
                );
            }
            _ => {}
        }
        if column.told.is_some_and(|told| told != column.guess) && column.confidence >= 0.8 {
            let says = self.say("By its content it would be", "Naar de inhoud zou het zijn:");
            notices.push(format!("{says} {}.", column.guess.name()));
        }
        if profile.is_candidate_key() {
            notices.push(self.say("Could be a key.", "Kan een sleutel zijn.").into());
        } else if profile.key_score() >= 0.9 && profile.repeated > 0 {
            let [one, several] = [
                self.say(
                    "value comes more than once in what is nearly a key.",
                    "waarde komt vaker voor in wat bijna een sleutel is.",
                ),
                self.say(
                    "values come more than once in what is nearly a key.",
                    "waarden komen vaker voor in wat bijna een sleutel is.",
                ),
            ];
            notices.push(self.counted(profile.repeated, one, several));
        }
        // `N.A.` are initials, too.
        let may_be_words = column.meaning() != SemanticType::Initials;
        if profile.missing_words > 0 && may_be_words {
            let [one, several] = [
                self.say(
                    "value only says that there is none.",
                    "waarde zegt alleen dat er geen is.",
                ),
                self.say(
                    "values only say that there is none.",
                    "waarden zeggen alleen dat er geen is.",
                ),
            ];
            notices.push(self.counted(profile.missing_words, one, several));
        }
        let others = profile.characters.of(CharacterClass::OtherScript);
        if others > 0 {
            let [one, several] = [
                self.say(
                    "value has letters of another script.",
                    "waarde heeft letters van een ander schrift.",
                ),
                self.say(
                    "values have letters of another script.",
                    "waarden hebben letters van een ander schrift.",
                ),
            ];
            notices.push(self.counted(others, one, several));
        }
        let unseen = profile.characters.of(CharacterClass::Control);
        if unseen > 0 {
            let [one, several] = [
                self.say(
                    "value has characters that are not seen.",
                    "waarde heeft onzichtbare tekens.",
                ),
                self.say(
                    "values have characters that are not seen.",
                    "waarden hebben onzichtbare tekens.",
                ),
            ];
            notices.push(self.counted(unseen, one, several));
        }
        notices
    }

    /// A line of values, patterns and a spread.
    fn short(&self, profile: &ColumnProfile) -> String {
        let values = profile.top.iter().filter(|(_, count)| *count > 1).take(TOLD_SHORT);
        let values: Vec<String> = values
            .map(|(value, count)| format!("{} ({})", cut(&(self.shown)(value)), self.count(*count)))
            .collect();
        let patterns = profile.patterns.iter().take(TOLD_SHORT);
        let patterns: Vec<String> = patterns
            .map(|(pattern, count)| format!("{} ({})", cut(pattern), self.count(*count)))
            .collect();
        let told = if values.is_empty() { patterns } else { values };
        let mut parts = vec![told.join(" · ")];
        if let Some([low, middle, high]) = profile
            .quantiles
            .as_ref()
            .and_then(|found| Some([found.at(10)?, found.at(500)?, found.at(990)?]))
        {
            parts.push(format!(
                "{} … {} … {}",
                self.quantile(low),
                self.quantile(middle),
                self.quantile(high)
            ));
        }
        parts.join("   ")
    }

    fn quantile(&self, value: QuantileValue) -> String {
        match value {
            QuantileValue::Month(year, month) => format!("{year:04}-{month:02}"),
            QuantileValue::Number(number) => {
                let digits = if number.abs() >= 100.0 || number.fract() == 0.0 { 0 } else { 2 };
                format!("{number:.digits$}").replace('.', self.say(".", ","))
            }
        }
    }

    /// All that is known of a column.
    fn whole(&self, profile: &ColumnProfile) -> Vec<String> {
        let mut lines = Vec::new();
        let values = profile.values();
        let bar = |label: &str, width: usize, count: u64| {
            let share = self.percent(count, values);
            let filled =
                (u128::from(count) * BAR as u128).div_ceil(u128::from(values.max(1))) as usize;
            let bar = "█".repeat(filled.min(BAR));
            let padding = " ".repeat(width.saturating_sub(label.chars().count()));
            format!("    {label}{padding}  {:>10}  {share:>8}  {bar}", self.count(count))
        };
        let table = |title: &str, rows: Vec<(String, u64)>| {
            let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
            let mut lines = vec![String::new(), format!("  {}", self.terminal.bold(title))];
            lines.extend(rows.iter().map(|(label, count)| bar(label, width, *count)));
            if rows.is_empty() { Vec::new() } else { lines }
        };
        let top = profile.top.iter().take(TOLD_WHOLE);
        let top = top.map(|(value, count)| (cut(&(self.shown)(value)), *count)).collect();
        lines.extend(table(self.say("Frequent values", "Veelvoorkomende waarden"), top));
        let patterns = profile.patterns.iter().take(TOLD_WHOLE);
        let patterns = patterns.map(|(pattern, count)| (cut(pattern), *count)).collect();
        lines.extend(table(self.say("Patterns", "Patronen"), patterns));
        lines.extend(table(
            self.say("Characters in a value", "Tekens per waarde"),
            lengths(profile),
        ));
        let kinds = CharacterClass::ALL.into_iter();
        let kinds = kinds.map(|class| (self.kind(class).to_string(), profile.characters.of(class)));
        let kinds = kinds.filter(|(_, count)| *count > 0).collect();
        lines.extend(table(self.say("Values with", "Waarden met"), kinds));
        if let Some(quantiles) = &profile.quantiles {
            let title =
                self.say("Up to this value lie so many", "Tot en met deze waarde liggen er zoveel");
            lines.extend([String::new(), format!("  {}", self.terminal.bold(title))]);
            for (per_mille, value) in &quantiles.points {
                let share = self.percent(u64::from(*per_mille), 1000);
                lines.push(format!("    {share:>8}  {}", self.quantile(*value)));
            }
        }
        lines
    }

    fn kind(&self, class: CharacterClass) -> &'static str {
        let [english, dutch] = match class {
            CharacterClass::Lower => ["small letters", "kleine letters"],
            CharacterClass::Upper => ["capitals", "hoofdletters"],
            CharacterClass::Digit => ["digits", "cijfers"],
            CharacterClass::Space => ["white space", "witruimte"],
            CharacterClass::Punctuation => ["signs", "leestekens"],
            CharacterClass::AccentedLatin => ["accents", "accenten"],
            CharacterClass::OtherScript => ["other scripts", "andere schriften"],
            CharacterClass::Control => ["unseen characters", "onzichtbare tekens"],
        };
        self.say(english, dutch)
    }
}

/// The lengths of values, in as few rows as can be read.
fn lengths(profile: &ColumnProfile) -> Vec<(String, u64)> {
    const ROWS_MAX: usize = 12;
    let counts = &profile.lengths;
    let step = counts.len().div_ceil(ROWS_MAX).max(1);
    let row = |some: &[karat_model::profile::LengthCount]| {
        let (from, to) = (some[0].from, some[some.len() - 1].to);
        let label = if from == to { from.to_string() } else { format!("{from}–{to}") };
        (label, some.iter().map(|length| length.count).sum())
    };
    counts.chunks(step).map(row).collect()
}

/// The start of a text that is too long to show.
fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}
