//! `karat repair`: mends the values of a source before they are cleaned, by steps that can be undone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use karat_hub::Hub;
use karat_hub::flow::load::Published;
use karat_hub::flow::releases::is_folder_unpublished;
use karat_hub::hub_model::{self, EditError};
use karat_hub::mask::mask;
use karat_hub::repairs::{
    self, ChangedValue, ColumnEffect, EditedFile, FindingEffect, ListedStep, SuggestedStep,
};
use karat_hub::share::moment;
use karat_model::hub_model::{HubModel, Source};
use karat_model::id::SourceName;
use karat_model::language::Language;
use karat_model::repair_step::{RepairStep, SourceRepairs};
use karat_server::api::repair_step_json;
use serde_json::{Value, json};

use super::load::published_json;
use super::{language, now, open_hub, preview, whoever};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::{Terminal, say};

/// Mend values before they are cleaned, by steps that can be undone
///
/// The steps of a source stand in repairs/<source>.yaml, in the folder of the hub. They are taken on
/// every record before it is cleaned, in files and in changes, so that the next delivery is mended as
/// well. What the source sent is kept as it came: a step that is taken out leaves no trace.
#[derive(Args, Debug)]
pub struct Repair {
    #[command(subcommand)]
    work: RepairWork,
    /// The folder of the hub
    #[arg(long, default_value = "hub", global = true)]
    hub: PathBuf,
    /// The source
    #[arg(long, global = true)]
    source: Option<String>,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language, global = true)]
    lang: Language,
    /// Hide values of customers but their first letters
    #[arg(long, global = true)]
    mask: bool,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum RepairWork {
    /// List the steps, with how many records each of them changes now
    List,
    /// Tell what steps would change, before anything does
    ///
    /// Compares with what is published: values that would be cleaned otherwise, findings that would
    /// close or open, customers that would be others. Writes nothing.
    Preview {
        /// A file of steps to be added; without it, the steps of the folder as they are
        file: Option<PathBuf>,
    },
    /// Add the steps of a file to those of its source, and publish them
    ///
    /// A step that is there already is left out. The name of the file is the name of the source,
    /// unless --source names it.
    Apply {
        /// The file of steps, as `karat repair suggest` prints them
        file: PathBuf,
        /// Who says so; kept with steps that do not say it
        #[arg(long)]
        by: Option<String>,
    },
    /// Take a step out, and publish what is then
    Undo {
        /// The id of the step
        step: String,
    },
    /// Print steps that accept what findings propose, where that is certain
    ///
    /// What it prints can be kept as a file, looked at, and given to `karat repair apply`.
    Suggest,
}

impl Repair {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?;
        if let Some(name) = &self.source {
            source_of(hub.model(), name)?;
        }
        match &self.work {
            RepairWork::List => self.list(&hub),
            RepairWork::Preview { file } => self.preview(&hub, file.as_deref()),
            RepairWork::Apply { file, by } => self.apply(&hub, file, by.as_deref()),
            RepairWork::Undo { step } => self.undo(&hub, step),
            RepairWork::Suggest => self.suggest(&hub),
        }
    }

    fn say(&self, english: &'static str, dutch: &'static str) -> &'static str {
        self.lang.say(english, dutch)
    }

    fn records(&self, number: u64) -> String {
        let word = if number == 1 { "record" } else { "records" };
        format!("{} {word}", self.lang.count(number))
    }

    fn list(&self, hub: &Hub) -> Result<ExitCode, Failure> {
        let only = self.source.as_deref().map(SourceName::new);
        let progress = Bars::start();
        let listed = repairs::list(hub, only.as_ref(), &progress)?;
        if self.json {
            say!("{}", Value::from(listed.iter().map(repair_step_json).collect::<Vec<_>>()));
            return Ok(ExitCode::SUCCESS);
        }
        let terminal = Terminal::stdout();
        if listed.is_empty() {
            let nothing = self.say(
                "There are no steps. `karat repair suggest --source NAME` prints some.",
                "Er zijn geen stappen. `karat repair suggest --source NAAM` doet voorstellen.",
            );
            say!("{nothing}");
        }
        self.say_steps(&listed, terminal);
        if is_unpublished(hub)? {
            let note = self.say(
                "The folder says something that is not published: `karat repair preview` tells the \
                 effect, `karat publish` does it.",
                "De map zegt iets dat niet gepubliceerd is: `karat repair preview` vertelt het \
                 effect, `karat publish` voert het uit.",
            );
            say!("\n{}", terminal.fitted(note));
        }
        if !listed.is_empty() {
            say!("{}", terminal.dim(&progress.told()));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Tells steps, those of one source together.
    fn say_steps(&self, listed: &[ListedStep], terminal: Terminal) {
        let mut source = None;
        for step in listed {
            if source != Some(&step.source) {
                say!("{}", terminal.bold(&format!("repairs/{}.yaml", step.source)));
                source = Some(&step.source);
            }
            let text = hub_model::step_text(&step.step);
            say!("{}", terminal.fitted(&format!("{:>12}  {text}", self.lang.count(step.records))));
            if step.is_missing {
                let note = self.say(
                    "does nothing: the source never delivered one of its columns",
                    "doet niets: de bron leverde een van de kolommen nooit",
                );
                say!("{:>12}  {}", "", terminal.red(note));
            }
            if step.restless > 0 {
                let note = self.say(
                    "left alone, as this step or one before it would change the result again: put \
                     it before that step, or give it a condition",
                    "met rust gelaten, omdat deze stap of een eerdere de uitkomst opnieuw zou \
                     veranderen: zet hem voor die stap, of geef hem een voorwaarde",
                );
                let note = format!("{:>12}  {}: {note}", "", self.records(step.restless));
                say!("{}", terminal.fitted(&note));
            }
        }
        if !listed.is_empty() {
            let legend = self.say("the number of records changed", "het aantal gewijzigde records");
            say!("{}", terminal.dim(&format!("{:>12}  {legend}", "↑")));
        }
    }

    fn preview(&self, hub: &Hub, file: Option<&Path>) -> Result<ExitCode, Failure> {
        let model = match file {
            None => HubModel::clone(hub.model()),
            Some(file) => {
                let (source, steps) = self.steps_of(hub.model(), file)?;
                let edited = repairs::add(hub.dir(), source, &steps).map_err(refused)?;
                with_steps(hub.model(), source, edited.steps_there(source).map_err(refused)?)
            }
        };
        let progress = Bars::start();
        let told = repairs::preview(hub, &model, now(), &progress)?;
        if self.json {
            let findings = told
                .findings
                .as_ref()
                .map(|findings| findings.iter().map(finding_json).collect::<Vec<_>>());
            let columns = told.columns.iter().map(|it| self.column_json(it)).collect::<Vec<_>>();
            say!(
                "{}",
                json!({
                    "steps": told.steps.iter().map(repair_step_json).collect::<Vec<_>>(),
                    "records": told.records,
                    "columns": columns,
                    "findings": findings,
                    "customers": told.customers.to_json(self.mask),
                })
            );
            return Ok(ExitCode::SUCCESS);
        }
        let terminal = Terminal::stdout();
        self.say_steps(&told.steps, terminal);
        let head = self.say("Values before and after", "Waarden ervoor en erna");
        say!("\n{}  ({})", terminal.bold(head), self.records(told.records));
        told.columns.iter().for_each(|column| self.say_column(column, terminal));
        match &told.findings {
            None => {
                let note = self.say(
                    "Findings are not compared: the checks changed as well, or nothing was judged.",
                    "Bevindingen zijn niet vergeleken: ook de controles zijn anders, of er is niets \
                     beoordeeld.",
                );
                say!("\n{}", terminal.fitted(note));
            }
            Some(findings) => {
                let head = self.say("Findings that would be", "Bevindingen die zouden worden");
                say!("\n{}", terminal.bold(head));
                if findings.is_empty() {
                    say!("{:>12}  {}", 0, self.say("none", "geen"));
                }
                for FindingEffect { rule, closes, opens } in findings {
                    let closed = self.say("closed", "gesloten");
                    let opened = self.say("opened", "geopend");
                    let mut parts = Vec::new();
                    for (number, word) in [(*closes, closed), (*opens, opened)] {
                        if number > 0 {
                            parts.push(format!("{} {word}", self.lang.count(number)));
                        }
                    }
                    say!("{:>12}  {rule}: {}", "", parts.join(", "));
                }
            }
        }
        let head = self.say("Customers", "Klanten");
        say!("\n{}", terminal.bold(head));
        let lines = preview::lines(&told.customers, self.lang, self.mask, terminal);
        // What they advise is for a folder that is written.
        let advice = lines.iter().rposition(|line| line.is_empty()).unwrap_or(lines.len());
        for line in &lines[..if file.is_some() { advice } else { lines.len() }] {
            say!("{}", terminal.fitted(line));
        }
        if file.is_some() {
            let advice = self.say(
                "`karat repair apply` does it; `karat repair undo` takes a step out again.",
                "`karat repair apply` voert het uit; `karat repair undo` haalt een stap er weer uit.",
            );
            say!("\n{advice}");
        }
        say!("{}", terminal.dim(&progress.told()));
        Ok(ExitCode::SUCCESS)
    }

    fn say_column(&self, effect: &ColumnEffect, terminal: Terminal) {
        let ColumnEffect { source, column, records, samples } = effect;
        say!("{:>12}  {source}: {column}", self.lang.count(*records));
        for ChangedValue { record, before, after } in samples {
            let (before, after) = (self.shown(before), self.shown(after));
            say!("{}", terminal.fitted(&format!("{:>12}    {record}  {before} → {after}", "")));
        }
    }

    fn shown(&self, values: &[String]) -> String {
        match values {
            [] => "-".to_string(),
            some => {
                let one = |value: &String| if self.mask { mask(value) } else { value.clone() };
                some.iter().map(one).collect::<Vec<_>>().join(" | ")
            }
        }
    }

    fn column_json(&self, effect: &ColumnEffect) -> Value {
        let values = |values: &[String]| -> Vec<String> {
            let one = |value: &String| if self.mask { mask(value) } else { value.clone() };
            values.iter().map(one).collect()
        };
        let sample = |it: &ChangedValue| {
            json!({
                "record": it.record.to_string(),
                "before": values(&it.before),
                "after": values(&it.after),
            })
        };
        json!({
            "source": effect.source.as_str(),
            "column": effect.column,
            "records": effect.records,
            "samples": effect.samples.iter().map(sample).collect::<Vec<_>>(),
        })
    }

    fn apply(&self, hub: &Hub, file: &Path, by: Option<&str>) -> Result<ExitCode, Failure> {
        let (source, mut steps) = self.steps_of(hub.model(), file)?;
        if let Some(by) = by {
            let today = moment::written(now()).unwrap_or_default();
            let today = today.split('T').next().unwrap_or_default();
            for step in steps.iter_mut().filter(|step| step.by.is_none()) {
                step.by = Some(by.to_owned());
                step.at.get_or_insert_with(|| today.to_owned());
            }
        }
        let edited = repairs::add(hub.dir(), source, &steps).map_err(refused)?;
        let told = [
            self.say("steps added to", "stappen toegevoegd aan"),
            self.say("step added to", "stap toegevoegd aan"),
        ];
        self.publish(hub, &edited, told)
    }

    fn undo(&self, hub: &Hub, id: &str) -> Result<ExitCode, Failure> {
        let has_it = |repairs: &&SourceRepairs| {
            let is_wanted =
                self.source.as_deref().is_none_or(|name| repairs.source.as_str() == name);
            is_wanted && repairs.steps.iter().any(|step| step.id == id)
        };
        let having: Vec<&SourceRepairs> = hub.model().repairs.iter().filter(has_it).collect();
        let edited = match having[..] {
            [] => {
                return Err(Failure::new(
                    format!("there is no step `{id}`"),
                    "`karat repair list` lists the steps.",
                ));
            }
            [only] => repairs::take_out(hub.dir(), only.source.as_str(), id).map_err(refused)?,
            _ => {
                let names: Vec<&str> = having.iter().map(|it| it.source.as_str()).collect();
                return Err(Failure::new(
                    format!("several sources have a step `{id}`: {}", names.join(", ")),
                    "Say which with --source.",
                ));
            }
        };
        let told = [
            self.say("steps taken out of", "stappen verwijderd uit"),
            self.say("step taken out of", "stap verwijderd uit"),
        ];
        self.publish(hub, &edited, told)
    }

    /// Writes a file and publishes what is then; where that fails, the file is as it was.
    fn publish(
        &self,
        hub: &Hub,
        edited: &EditedFile,
        [several, one]: [&str; 2],
    ) -> Result<ExitCode, Failure> {
        let terminal = Terminal::stdout();
        let was_unpublished = is_unpublished(hub)?;
        let progress = Bars::start();
        let published =
            edited.write().map_err(|error| Failure::of_path(edited.path(), error)).and_then(|()| {
                let hub = open_hub(hub.dir())?.on_behalf_of(&whoever());
                Ok(hub.publish(false, &now, &progress)?)
            });
        let published = published.inspect_err(|_| {
            // The first failure is the one that is told.
            let _ = edited.put_back();
        })?;
        if self.json {
            say!(
                "{}",
                json!({
                    "file": edited.path(),
                    "steps": edited.steps,
                    "published": published.as_ref().map(published_json),
                })
            );
            return Ok(ExitCode::SUCCESS);
        }
        if edited.steps > 0 {
            let told = if edited.steps == 1 { one } else { several };
            let path = edited.path().display();
            say!("{} {} {told} {path}", terminal.bold("✓"), self.lang.count(edited.steps as u64));
        }
        let Some(published) = &published else {
            say!("{}", self.say("Nothing has changed.", "Er is niets veranderd."));
            return Ok(ExitCode::SUCCESS);
        };
        self.say_published(published);
        if was_unpublished {
            let note = self.say(
                "Other changes of the folder were published as well.",
                "Andere wijzigingen in de map zijn mee gepubliceerd.",
            );
            say!("{note}");
        }
        say!("{}", terminal.dim(&progress.told()));
        Ok(ExitCode::SUCCESS)
    }

    fn say_published(&self, published: &Published) {
        let changes = &published.changes;
        for (number, english, dutch) in [
            (changes.updated, "customers updated", "klanten bijgewerkt"),
            (changes.merged, "customers went into another one", "klanten opgegaan in een andere"),
            (changes.split, "customers came out of another one", "klanten uit een andere gekomen"),
            (changes.created, "customers are new", "klanten zijn nieuw"),
            (changes.deleted, "customers are gone", "klanten zijn verdwenen"),
        ] {
            if number > 0 {
                say!("{:>12}  {}", self.lang.count(number), self.say(english, dutch));
            }
        }
        let done = self.say(
            "Published; `karat repair undo STEP` takes a step out again.",
            "Gepubliceerd; `karat repair undo STAP` haalt een stap er weer uit.",
        );
        say!("{done}");
    }

    fn suggest(&self, hub: &Hub) -> Result<ExitCode, Failure> {
        let names: Vec<&str> = hub.model().sources.iter().map(|it| it.name.as_str()).collect();
        let name = match (self.source.as_deref(), &names[..]) {
            (Some(name), _) => name,
            (None, [name]) => *name,
            _ => {
                return Err(Failure::new(
                    "suggestions are made for one source",
                    format!("Name it with --source: {}.", names.join(", ")),
                ));
            }
        };
        let progress = Bars::start();
        let suggested = repairs::suggest(hub, Some(&SourceName::new(name)), &progress)?;
        if self.json {
            say!("{}", Value::from(suggested.iter().map(suggested_json).collect::<Vec<_>>()));
            return Ok(ExitCode::SUCCESS);
        }
        if suggested.is_empty() {
            let nothing = self.say(
                "# No finding has a proposal that is certain.",
                "# Geen bevinding heeft een voorstel dat zeker is.",
            );
            say!("{nothing}");
            return Ok(ExitCode::SUCCESS);
        }
        say!("# repairs/{name}.yaml");
        say!("steps:");
        for SuggestedStep { step, found, mended, .. } in &suggested {
            let (mended, found) = (self.lang.count(*mended), self.records(*found));
            let told = match self.lang {
                Language::English => format!("mends {mended} of {found}"),
                Language::Dutch => format!("herstelt {mended} van {found}"),
            };
            say!("  - {}  # {told}", hub_model::step_text(step));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The source that a file of steps is for, and its steps.
    fn steps_of<'m>(
        &self,
        model: &'m HubModel,
        file: &Path,
    ) -> Result<(&'m Source, Vec<RepairStep>), Failure> {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let source = match &self.source {
            Some(name) => source_of(model, name)?,
            None => source_of(model, &stem)?,
        };
        let text = fs::read_to_string(file).map_err(|error| {
            Failure::new(
                format!("{}: {error}", file.display()),
                "Name a file of steps; `karat repair suggest` prints one.",
            )
        })?;
        let steps = hub_model::read_steps(&text, file, Some(source))
            .map_err(|problems| refused(EditError::Problems(problems)))?;
        Ok((source, steps))
    }
}

/// The source with this name.
fn source_of<'m>(model: &'m HubModel, name: &str) -> Result<&'m Source, Failure> {
    let found = model.sources.iter().find(|source| source.name.as_str() == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = model.sources.iter().map(|it| it.name.as_str()).collect();
        Failure::new(
            format!("the hub has no source `{name}`"),
            format!("Name one with --source: {}.", names.join(", ")),
        )
    })
}

/// A hub model in which a source has these steps.
fn with_steps(model: &HubModel, source: &Source, steps: Vec<RepairStep>) -> HubModel {
    let others = model.repairs.iter().filter(|it| it.source != source.name).cloned();
    let mut repairs: Vec<SourceRepairs> = others.collect();
    repairs.push(SourceRepairs { source: source.name.clone(), steps });
    repairs.sort_by(|one, other| one.source.cmp(&other.source));
    HubModel { repairs: repairs.into(), ..model.clone() }
}

fn is_unpublished(hub: &Hub) -> Result<bool, Failure> {
    let reader = hub.database().open_reader().map_err(karat_hub::error::Error::from)?;
    Ok(is_folder_unpublished(reader.as_ref(), hub.dir())?)
}

fn refused(error: EditError) -> Failure {
    match error {
        EditError::Problems(problems) => Failure::new(
            format!("the steps have mistakes:\n{problems}"),
            "Mend them; nothing was changed. docs/repairs.md has all verbs.",
        ),
        EditError::NoStep(id) => {
            Failure::new(format!("there is no step `{id}`"), "`karat repair list` lists the steps.")
        }
        EditError::OtherStep(id) => Failure::new(
            format!("another step is called `{id}`, and does something else"),
            "Give the new one another `id`.",
        ),
    }
}

fn suggested_json(suggested: &SuggestedStep) -> Value {
    let RepairStep { id, column, verb, .. } = &suggested.step;
    json!({
        "source": suggested.source.as_str(),
        "id": id,
        "column": column,
        "verb": verb.word(),
        "text": hub_model::step_text(&suggested.step),
        "found": suggested.found,
        "mended": suggested.mended,
    })
}

fn finding_json(effect: &FindingEffect) -> Value {
    json!({ "rule": effect.rule, "closes": effect.closes, "opens": effect.opens })
}
