//! `karat currency`: tells how fast values change, how many are still so, and which to verify again.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::view::{AttributeCurrency, HubReader, LastSeen, QueueQuery, UnsureValue};
use karat_model::check::Day;
use karat_model::language::Language;
use karat_server::api::{currency_json, queue_json};

use super::{language, open_hub};
use crate::failure::Failure;
use crate::terminal::{Terminal, say};

/// Tell how fast values change, how many are still so, and which to verify again
///
/// Values age until somebody confirms them. The rates are learnt from what changed and from what
/// was confirmed, beginning at published ones. `--queue` lists the values of which a check wants to
/// be surer, those first that most harm is expected of; values themselves are not told.
#[derive(Args, Debug)]
pub struct CurrencyCommand {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// List the values that are to be verified again
    #[arg(long)]
    queue: bool,
    /// Of this attribute alone
    #[arg(long)]
    attribute: Option<String>,
    /// Of the attributes that this use asks something of; with --queue
    #[arg(long = "use", requires = "queue")]
    use_name: Option<String>,
    /// How many values to list at most
    #[arg(long, default_value_t = 50, requires = "queue", value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON, as `GET /v1/currency` and its queue tell it
    #[arg(long)]
    json: bool,
}

impl CurrencyCommand {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?.served()?;
        let model = hub.model();
        if let Some(name) = &self.attribute
            && model.attributes.find(name).is_none()
        {
            return Err(Failure::new(
                format!("the hub model has no attribute `{name}`"),
                "`karat currency` lists the attributes whose values age.",
            ));
        }
        if let Some(name) = &self.use_name
            && !model.uses.iter().any(|of| of.name == *name)
        {
            return Err(Failure::new(
                format!("the hub has no use `{name}`"),
                "`karat scorecard --by use` lists the uses.",
            ));
        }
        let telling = Telling { language: self.lang, terminal: Terminal::stdout() };
        if self.queue {
            let query = QueueQuery { attribute: self.attribute, use_name: self.use_name };
            let queue = hub.currency_queue(&query, self.limit as usize)?;
            if self.json {
                say!("{:#}", queue_json(&queue));
                return Ok(ExitCode::SUCCESS);
            }
            telling.queue(&queue.values, queue.total);
            return Ok(ExitCode::SUCCESS);
        }
        let mut currency = hub.currency()?;
        if let Some(name) = &self.attribute {
            currency.attributes.retain(|of| of.attribute == *name);
        }
        if self.json {
            say!("{:#}", currency_json(&currency));
            return Ok(ExitCode::SUCCESS);
        }
        telling.attributes(currency.as_of, &currency.attributes);
        Ok(ExitCode::SUCCESS)
    }
}

/// How it is told.
struct Telling {
    language: Language,
    terminal: Terminal,
}

impl Telling {
    fn say(&self, english: &'static str, dutch: &'static str) -> &'static str {
        self.language.say(english, dutch)
    }

    fn attributes(&self, as_of: Option<Day>, attributes: &[AttributeCurrency]) {
        let Some(as_of) = as_of.filter(|_| !attributes.is_empty()) else {
            say!("{}", self.say("Nothing was judged yet.", "Er is nog niets beoordeeld."));
            say!("{} karat load", self.terminal.bold(self.say("hint:", "tip:")));
            return;
        };
        say!("{} {}", self.say("As of", "Per"), day(as_of));
        for group in attributes.chunk_by(|one, next| one.entity_type == next.entity_type) {
            say!("\n{}", self.terminal.bold(&sentence(group[0].entity_type.plural(self.language))));
            say!(
                "{}",
                self.terminal.dim(&format!(
                    "  {:<22} {:>9} {:>9} {:>9}  {:<24} {:>9}  {}",
                    self.say("attribute", "gegeven"),
                    self.say("a year", "per jaar"),
                    self.say("published", "gepubl."),
                    self.say("half-life", "halfwrd"),
                    self.say("seen", "gezien"),
                    self.say("still so", "nog zo"),
                    self.say("of", "van"),
                ))
            );
            for of in group {
                say!("{}", self.terminal.fitted(&self.attribute(of)));
            }
        }
    }

    fn attribute(&self, of: &AttributeCurrency) -> String {
        let half_life = of.decay.half_life().map_or("–".into(), |years| {
            format!("{} {}", self.number(years, 1), self.say("y", "j"))
        });
        let seen = match (of.decay.changes, of.decay.days) {
            (0, 0) => self.say("nothing yet", "nog niets").to_string(),
            (changes, _) => {
                let years = self.language.count(of.decay.years().round() as u64);
                let (changed, in_years) = match self.language {
                    Language::English => ("changes", "years"),
                    Language::Dutch => ("wijz.", "jaar"),
                };
                format!("{} {changed} in {years} {in_years}", self.language.count(changes))
            }
        };
        let (current, limits) = match of.current {
            None => (self.say("unknown", "onbekend").to_string(), String::new()),
            Some(it) => {
                let [low, high] = [it.low, it.high].map(|share| self.percent(share));
                (self.percent(it.share), format!(" ({low}–{high})"))
            }
        };
        let mut values = self.language.count(of.values);
        if of.undated > 0 {
            let word = self.say("without a date", "zonder datum");
            values.push_str(&format!(", {} {word}", self.language.count(of.undated)));
        }
        if of.refuted > 0 {
            let word = self.say("found wrong", "fout gebleken");
            values.push_str(&format!(", {} {word}", self.language.count(of.refuted)));
        }
        let published = match of.published.source {
            "" => format!("{}*", self.percent(of.published.yearly_share)),
            _ => self.percent(of.published.yearly_share),
        };
        format!(
            "  {:<22} {:>9} {:>9} {:>9}  {:<24} {:>9}  {values}{}",
            of.attribute,
            self.percent(of.decay.yearly_share()),
            published,
            half_life,
            seen,
            current,
            self.terminal.dim(&limits)
        )
    }

    fn queue(&self, values: &[UnsureValue], total: u64) {
        if values.is_empty() {
            let told = self.say(
                "Every value of which a check wants to be sure is sure enough.",
                "Elke waarde waarvan een controle zeker wil zijn, is zeker genoeg.",
            );
            say!("{told}");
            return;
        }
        let (of, first) = match self.language {
            Language::English => ("to verify again, most harm first", "the first"),
            Language::Dutch => ("opnieuw na te gaan, de meeste schade eerst", "de eerste"),
        };
        let shown = match values.len() as u64 == total {
            true => String::new(),
            false => format!(" ({first} {})", self.language.count(values.len() as u64)),
        };
        say!("{} {of}{shown}", self.language.count(total));
        for value in values {
            say!("{}", self.terminal.fitted(&self.value(value)));
        }
    }

    fn value(&self, value: &UnsureValue) -> String {
        let seen = match value.last_seen {
            LastSeen::On(day_seen) => format!("{} {}", self.say("of", "van"), day(day_seen)),
            LastSeen::Refuted => self.say("found wrong", "fout gebleken").into(),
            LastSeen::Never => self.say("without a date", "zonder datum").into(),
        };
        let uses = match value.uses.is_empty() {
            true => String::new(),
            false => format!(": {}", value.uses.join(", ")),
        };
        format!(
            "  {}  {:<20} {:<12} {:>6} {}  {}  {}",
            value.entity,
            value.record.to_string(),
            value.attribute,
            self.percent(value.probability),
            self.terminal.dim(&format!("< {}", self.percent(value.wanted.as_f64()))),
            seen,
            self.terminal.dim(&format!("{}{uses}", value.check))
        )
    }

    fn number(&self, number: f64, places: usize) -> String {
        format!("{number:.places$}").replace('.', self.say(".", ","))
    }

    fn percent(&self, share: f64) -> String {
        format!("{}%", self.number(share * 100.0, 1))
    }
}

/// A day as `2026-11-22`.
fn day(day: Day) -> String {
    let moment = karat_model::record::Moment(i64::from(day.0) * 86_400);
    let written = karat_hub::share::moment::written(moment).unwrap_or_default();
    written.split('T').next().unwrap_or_default().to_string()
}

/// With a capital, as a heading.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
