//! The rules: how records are matched and which values win, and the settings that change most.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use karat_hub::hub_model::{Draft, NotSaved, Problems, Settings, SettingsError, digest_of};
use karat_hub::matching_report::LevelFigures;
use karat_hub::view::{MatchRules, Rules, Threshold};
use karat_model::attribute::{AttributeId, Group};
use karat_model::evidence::Weight;
use karat_model::hub_model::SurvivorshipRule;
use karat_model::id::SourceName;

use super::page::{Page, Section, render, see_other};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::chart::{Scale, diverging, stacked};
use crate::quality::encoded;

/// The fields of a form; a name may come more than once.
type Fields = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "console/rules/template.html")]
struct RulesPage {
    page: Page,
    rules: Rules,
    /// What the folder says, if it may be edited from here.
    folder: Option<Folder>,
}

/// The folder of the hub, as the forms show it.
struct Folder {
    /// The settings that have fields, unless the folder cannot be read.
    settings: Result<Settings, Problems>,
    files: Vec<String>,
    digest: String,
    /// Why settings that were typed in are not saved.
    refused: Option<Refusal>,
}

/// Why settings that were typed in are not saved.
enum Refusal {
    /// The hub model could not be read with them; what is said of that is in English.
    Mistakes(Problems),
    /// A file says it in a way that only a person can change.
    ByHand { file: String, key: String },
}

impl Folder {
    fn read(draft: &Draft) -> Folder {
        let text = draft.text();
        let settings = draft.read(&text).map(|model| Settings::of(&model));
        let files = text.names().map(str::to_string).collect();
        Folder { settings, files, digest: digest_of(&text), refused: None }
    }
}

/// The values of what may win by the same rules.
struct Ladder {
    label: String,
    rules: Vec<SurvivorshipRule>,
}

/// A field of a ladder: what is tried at this place.
struct Rung {
    no: usize,
    /// The rules: name, what wins by it, and whether it is chosen.
    choices: [(&'static str, &'static str, bool); SurvivorshipRule::ALL.len()],
}

/// Shows the rules.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    shown(&console, &visit, None).await
}

async fn shown(
    console: &Console,
    visit: &Visit,
    typed: Option<(Settings, Refusal)>,
) -> Result<Response, Problem> {
    let rules = console.ask(visit, |hub| hub.rules()).await?;
    let mut folder = match console.draft {
        Some(_) => Some(console.edit(visit, Folder::read).await?),
        None => None,
    };
    let is_refused = typed.is_some();
    if let (Some(folder), Some((settings, why))) = (&mut folder, typed) {
        (folder.settings, folder.refused) = (Ok(settings), Some(why));
    }
    let page = Page::new(visit, Section::Rules);
    let mut response = render(RulesPage { page, rules, folder });
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Saves the settings of the form.
pub(super) async fn save(
    State(console): State<Console>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(fields) = fields.map_err(|_| Problem::unfit_form(&visit))?;
    let (settings, digest) = (settings_of(&fields), field(&fields, "digest"));
    let typed = settings.clone();
    let saved = console.edit(&visit, move |draft| save_settings(draft, &typed, &digest)).await?;
    match saved {
        Ok(()) => Ok(to_rules()),
        Err(NotKept::Told(why)) => shown(&console, &visit, Some((settings, why))).await,
        Err(NotKept::Draft(why)) => Err(not_saved(&visit, why)),
    }
}

/// Why settings are not saved.
enum NotKept {
    /// What to tell whoever typed them in.
    Told(Refusal),
    /// The folder was not written.
    Draft(NotSaved),
}

fn save_settings(draft: &Draft, settings: &Settings, digest: &str) -> Result<(), NotKept> {
    let text = draft.text();
    let edited = settings.edit(draft.dir(), &text).map_err(|error| match error {
        SettingsError::Problems(problems) => NotKept::Told(Refusal::Mistakes(problems)),
        SettingsError::ByHand { file, key } => NotKept::Told(Refusal::ByHand { file, key }),
    })?;
    let files: Fields = edited
        .names()
        .filter_map(|name| Some((name.to_string(), edited.file(name.as_ref())?.to_string())))
        .collect();
    draft.save(&files, digest).map_err(NotKept::Draft)
}

/// Gives the folder back what the release in force says.
pub(super) async fn discard(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let question = console.ask(&visit, |hub| {
        let Some(last) = hub.releases()?.pop() else { return Ok(None) };
        hub.release_text(last.no)
    });
    let published = question.await?.filter(|text| !text.is_empty());
    let published = published.ok_or_else(|| Problem::unfit_form(&visit))?;
    let discarded = console.edit(&visit, move |draft| draft.discard(&published)).await?;
    discarded.map_err(|why| not_saved(&visit, why))?;
    Ok(to_rules())
}

/// The page of why the folder was not written.
pub(super) fn not_saved(visit: &Visit, why: NotSaved) -> Problem {
    let why = match why {
        NotSaved::NoFile => return Problem::unfit_form(visit),
        NotSaved::Changed => String::new(),
        NotSaved::Taken(name) => return Problem::source_taken(visit, &name),
        NotSaved::ByHand { file, key } => {
            format!("{file}: `{key}` is written in a way that has to be edited there")
        }
        NotSaved::Problems(problems) => problems.to_string(),
        NotSaved::Folder(error) => error.to_string(),
    };
    Problem::not_saved(visit, &why)
}

fn to_rules() -> Response {
    see_other("/rules")
}

/// What stands in a field of a form; nothing when it is not there.
pub(super) fn field(fields: &[(String, String)], name: &str) -> String {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn settings_of(fields: &[(String, String)]) -> Settings {
    let named = |start: &str| -> Fields {
        let of = fields.iter().filter_map(|(name, value)| {
            Some((name.strip_prefix(start)?.to_string(), value.trim().to_string()))
        });
        of.collect()
    };
    let typed = |name: &str| field(fields, name).trim().replace(',', ".");
    Settings {
        link_threshold: typed("link_threshold"),
        review_band: typed("review_band"),
        trust: named("trust:").into_iter().map(|(name, it)| (SourceName::new(&name), it)).collect(),
        ladders: ladders_of(&named("wins:")),
    }
}

/// The ladders that a form names rung by rung; rungs that are left empty do not count.
fn ladders_of(rungs: &[(String, String)]) -> Fields {
    let mut ladders = Fields::new();
    for (name, rule) in rungs {
        let at = ladders.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            ladders.push((name.clone(), String::new()));
            ladders.len() - 1
        });
        let ladder = &mut ladders[at].1;
        let joint = if ladder.is_empty() || rule.is_empty() { "" } else { ", " };
        *ladder += &format!("{joint}{rule}");
    }
    ladders
}

impl RulesPage {
    fn may_publish(&self) -> bool {
        self.folder.is_some() && self.page.may(Permission::Publish)
    }

    fn may_preview(&self) -> bool {
        self.folder.is_some() && self.page.may(Permission::Decide)
    }

    fn release(&self) -> String {
        let text = self.page.text;
        let Some(release) = &self.rules.release else {
            return text.say("Nothing is published yet.", "Er is nog niets gepubliceerd.").into();
        };
        let since = release.at.map(|at| text.date_time(at)).unwrap_or_default();
        format!(
            "{} {}, {} {since}: {}.",
            text.say("In force is release", "Van kracht is release"),
            release.no,
            text.say("of", "van"),
            release.reason.told(text.language)
        )
    }

    /// How likely a pair at a threshold is one customer, and that in odds.
    fn means(&self, threshold: &Threshold) -> String {
        let text = self.page.text;
        format!(
            "{} {}",
            text.chance(threshold.probability),
            text.say("likely one customer", "kans op één klant")
        )
    }

    /// The weight of a level, on one scale for all of an entity type.
    fn weight_bar(&self, of_type: &MatchRules, level: &LevelFigures) -> String {
        let levels = of_type.comparisons.iter().flat_map(|comparison| &comparison.levels);
        diverging(level.weight, None, &Scale::over(levels.map(|level| level.weight)))
    }

    fn share_bar(&self, share: &f64, class: &'static str) -> String {
        stacked(&[(*share, class)])
    }

    fn trust_bar(&self, trust: &u8) -> String {
        stacked(&[(f64::from(*trust) / 100.0, "gold")])
    }

    fn bits(&self, weight: &Weight) -> String {
        self.page.text.bits(weight)
    }

    /// The attributes that win by rules of their own or of their group, and all others.
    fn ladders(&self) -> Vec<Ladder> {
        let (text, survivorship) = (self.page.text, &self.page.model().survivorship);
        let mut own: BTreeMap<AttributeId, &Vec<SurvivorshipRule>> = BTreeMap::new();
        own.extend(survivorship.attributes.iter().map(|(id, rules)| (*id, rules)));
        let groups = survivorship.groups.iter().map(|(group, rules)| {
            let label = match group {
                Group::Name => text.say("Name, as a whole", "Naam, als geheel"),
                Group::Address => text.say("Address, as a whole", "Adres, als geheel"),
            };
            Ladder { label: label.to_string(), rules: rules.clone() }
        });
        let own = own.into_iter().map(|(id, rules)| Ladder {
            label: self.page.label(&id).to_string(),
            rules: rules.clone(),
        });
        let rest = text.say("All other attributes", "Alle andere attributen").to_string();
        let rest = Ladder { label: rest, rules: survivorship.default.clone() };
        groups.chain(own).chain([rest]).collect()
    }

    /// What a ladder of the form is for.
    fn ladder_label(&self, name: &str) -> String {
        let text = self.page.text;
        match name {
            "default" => text.say("All other attributes", "Alle andere attributen").into(),
            "name" => text.say("Name, as a whole", "Naam, als geheel").into(),
            "address" => text.say("Address, as a whole", "Adres, als geheel").into(),
            name => {
                let known = self.page.attributes().find(name);
                known.map_or_else(|| name.to_string(), |id| self.page.label(&id).to_string())
            }
        }
    }

    /// The fields of a ladder, each with the rules there are, of which one may be chosen.
    fn rungs(&self, ladder: &str) -> Vec<Rung> {
        let chosen: Vec<&str> = ladder.split(',').map(str::trim).collect();
        let rung = |at: usize| {
            let chosen = chosen.get(at).copied().unwrap_or_default();
            let choice = |rule: &SurvivorshipRule| {
                (rule.name(), self.page.text.wins_by(rule), rule.name() == chosen)
            };
            Rung { no: at + 1, choices: SurvivorshipRule::ALL.each_ref().map(choice) }
        };
        (0..SurvivorshipRule::ALL.len()).map(rung).collect()
    }

    fn file_address(&self, name: &str) -> String {
        format!("/rules/file?name={}", encoded(name))
    }
}
