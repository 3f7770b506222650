//! Releases: hub models with the match models that were published with them, to go back to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat_model::hub_model::HubModel;
use karat_model::id::ModelId;
use karat_model::language::Language;
use karat_model::record::Moment;
use karat_store::{HoldRow, LoadNo, Publication, Reader, RowNo};
use serde::{Deserialize, Serialize};

use super::renewal::put_learnt;
use crate::error::Error;
use crate::hub_model::{FolderText, fingerprint, read_text_of};

/// A hub model and the match model that was published with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// They count up from 1.
    pub no: u32,
    /// The load that published it first.
    pub load: u64,
    /// The id of the match model.
    pub match_model: String,
    /// The fingerprint of the hub model.
    pub hub_model: String,
    /// Why there is a new one.
    pub reason: ReleaseReason,
    /// Who published it, or went back to it; `None` where the hub did so by itself, or it was
    /// not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Why there is a new release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// It is the first one.
    First,
    /// The hub model requires something else of values, or counts quality otherwise.
    Checks,
    /// The hub model lets other values win, or calls things otherwise.
    Values,
    /// The hub model has other thresholds.
    Thresholds,
    /// The hub model says something else of what records say or how it is compared.
    Weights,
    /// A new match model was asked for.
    Retrained,
    /// The match model was of another version of Karat.
    Outdated,
    /// The match model was of few records, and the hub has doubled since.
    Grown,
    /// Somebody went back to an earlier one.
    RolledBack {
        /// Its number.
        to: u32,
    },
}

impl ReleaseReason {
    /// The same in words.
    pub fn told(self, language: Language) -> String {
        let (english, dutch) = match self {
            ReleaseReason::First => ("first release", "eerste release"),
            ReleaseReason::Checks => ("other checks", "andere controles"),
            ReleaseReason::Values => {
                let english = "other repairs, survivorship, trust or names";
                (english, "andere reparaties, survivorship, vertrouwen of namen")
            }
            ReleaseReason::Thresholds => ("other thresholds", "andere drempels"),
            ReleaseReason::Weights => {
                ("other columns or types; learnt anew", "andere kolommen of types; opnieuw geleerd")
            }
            ReleaseReason::Retrained => {
                ("learnt anew, as was asked", "opnieuw geleerd, zoals gevraagd")
            }
            ReleaseReason::Outdated => (
                "learnt anew for another version of Karat",
                "opnieuw geleerd voor een andere versie van Karat",
            ),
            ReleaseReason::Grown => {
                ("learnt anew, as the hub has grown", "opnieuw geleerd, omdat de hub gegroeid is")
            }
            ReleaseReason::RolledBack { to } => {
                return match language {
                    Language::English => format!("release {to} again"),
                    Language::Dutch => format!("release {to} opnieuw"),
                };
            }
        };
        language.say(english, dutch).to_string()
    }

    /// Whether match models were learnt from the records there were.
    fn is_learnt(self) -> bool {
        use ReleaseReason::*;
        match self {
            First | Weights | Retrained | Outdated | Grown => true,
            Checks | Values | Thresholds | RolledBack { .. } => false,
        }
    }
}

/// What is kept of a release beside its place in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The texts of the hub model.
    pub text: FolderText,
    /// The joins that were held when the next release came: both sides and the reason.
    pub holds: Vec<(Vec<u64>, Vec<u64>, String)>,
}

impl Kept {
    /// The joins that were held.
    pub fn holds(&self) -> Vec<HoldRow> {
        let rows = |rows: &[u64]| rows.iter().copied().map(RowNo).collect();
        let hold = |(left, right, reason): &(Vec<u64>, Vec<u64>, String)| HoldRow {
            left: rows(left),
            right: rows(right),
            reason: reason.clone(),
        };
        self.holds.iter().map(hold).collect()
    }

    fn with_holds(self, holds: &[HoldRow]) -> Kept {
        let numbers = |rows: &[RowNo]| rows.iter().map(|row| row.0).collect();
        let hold =
            |hold: &HoldRow| (numbers(&hold.left), numbers(&hold.right), hold.reason.clone());
        Kept { holds: holds.iter().map(hold).collect(), ..self }
    }
}

/// The name under which the list is kept.
const LIST: &str = "releases";

/// The name under which a release is kept.
fn name(no: u32) -> String {
    format!("release {no}")
}

/// The releases of a hub, the first one first.
pub fn releases(reader: &dyn Reader) -> Result<Vec<Release>, Error> {
    let json = reader.statistic(LIST)?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

/// What is kept of a release.
pub fn kept(reader: &dyn Reader, no: u32) -> Result<Kept, Error> {
    let json = reader.statistic(&name(no))?;
    let kept = json.and_then(|json| serde_json::from_str(&json).ok());
    kept.ok_or(Error::NoRelease { no })
}

/// The hub model in force: what the last release says, whatever the folder says meanwhile.
pub struct InForce {
    dir: PathBuf,
    model: Arc<HubModel>,
    /// The list of releases as it was read last.
    list: Option<String>,
}

impl InForce {
    /// The name of the statistic that is otherwise once something was published.
    pub const LIST: &str = LIST;

    /// Begins with the hub model of a folder, which is in force as long as nothing was published.
    pub fn new(dir: &Path, model: Arc<HubModel>) -> InForce {
        InForce { dir: dir.into(), model, list: None }
    }

    /// The hub model.
    pub fn model(&self) -> &Arc<HubModel> {
        &self.model
    }

    /// Whether this list is that which was read last.
    pub fn is_current(&self, list: Option<&str>) -> bool {
        list == self.list.as_deref()
    }

    /// Takes in what was published meanwhile; says whether it is another hub model.
    pub fn refresh(&mut self, reader: &dyn Reader) -> Result<bool, Error> {
        let list = reader.statistic(LIST)?;
        if list == self.list {
            return Ok(false);
        }
        let known = fingerprint(&self.model);
        let last = releases(reader)?.pop().filter(|last| last.hub_model != known);
        let published = match last {
            Some(last) => published_model(reader, &self.dir, &last)?,
            None => None,
        };
        self.list = list;
        let is_other = published.is_some();
        self.model = published.map_or_else(|| self.model.clone(), Arc::new);
        Ok(is_other)
    }
}

/// The release that was in force for a load, or for the changes after it.
pub fn in_force_at(reader: &dyn Reader, load: LoadNo) -> Result<Option<Release>, Error> {
    Ok(releases(reader)?.into_iter().rfind(|release| release.load <= load.0))
}

/// The hub model that was kept with a release; `None` when it was not, or is not understood.
pub fn hub_model_of(reader: &dyn Reader, release: &Release) -> Result<Option<HubModel>, Error> {
    let Kept { text, .. } = match kept(reader, release.no) {
        Err(Error::NoRelease { .. }) => return Ok(None),
        kept => kept?,
    };
    // Files that are not there any more are no mistake of the model.
    Ok(read_text_of(Path::new("."), &text).ok())
}

/// The hub model of a release; `None` when its texts were not kept.
fn published_model(
    reader: &dyn Reader,
    dir: &Path,
    release: &Release,
) -> Result<Option<HubModel>, Error> {
    let Kept { text, .. } = kept(reader, release.no)?;
    if text.is_empty() {
        return Ok(None);
    }
    read_text_of(dir, &text).map(Some).map_err(Error::HubModel)
}

/// Whether the folder says something else than what was published last, or nothing that is
/// understood.
pub fn is_folder_unpublished(reader: &dyn Reader, dir: &Path) -> Result<bool, Error> {
    let Some(last) = releases(reader)?.pop() else { return Ok(false) };
    let text = FolderText::of(dir);
    if kept(reader, last.no)?.text == text {
        return Ok(false);
    }
    let said = read_text_of(dir, &text);
    Ok(!said.is_ok_and(|said| fingerprint(&said) == last.hub_model))
}

/// The texts that say this hub model: those of the folder, unless that says something else since the
/// model was published.
pub fn texts_of(reader: &dyn Reader, dir: &Path, print: &str) -> Result<FolderText, Error> {
    let text = FolderText::of(dir);
    if read_text_of(dir, &text).is_ok_and(|said| fingerprint(&said) == print) {
        return Ok(text);
    }
    match releases(reader)?.iter().rev().find(|release| release.hub_model == print) {
        Some(release) => Ok(kept(reader, release.no)?.text),
        None => Ok(text),
    }
}

/// When a release was published first, if its load is known.
pub fn published_at(reader: &dyn Reader, release: &Release) -> Result<Option<Moment>, Error> {
    let loads = reader.loads()?;
    Ok(loads.iter().find(|load| load.load.0 == release.load).map(|load| load.started_at))
}

/// A release that is about to be published, with the one before.
pub struct NewRelease {
    list: Vec<Release>,
    kept: Kept,
    before: Option<Kept>,
    /// How many records there are.
    records: u64,
}

impl NewRelease {
    /// Adds one to those there are.
    pub fn after(
        reader: &dyn Reader,
        load: LoadNo,
        hub_model: String,
        text: FolderText,
        reason: ReleaseReason,
        by: Option<&str>,
    ) -> Result<NewRelease, Error> {
        let mut list = releases(reader)?;
        let before = match list.last() {
            Some(last) => Some(kept(reader, last.no)?.with_holds(&reader.holds()?)),
            None => None,
        };
        let no = list.last().map_or(1, |last| last.no + 1);
        let (match_model, by) = (String::new(), by.map(str::to_string));
        list.push(Release { no, load: load.0, match_model, hub_model, reason, by });
        let records = reader.counts()?.records;
        Ok(NewRelease { list, kept: Kept { text, holds: Vec::new() }, before, records })
    }

    /// Its number.
    pub fn no(&self) -> u64 {
        u64::from(self.list.last().expect("one was added").no)
    }

    /// Writes it with what is published under it.
    pub fn put(
        &self,
        publication: &mut dyn Publication,
        match_model: &ModelId,
    ) -> Result<(), karat_store::Error> {
        let json = |kept: &Kept| serde_json::to_string(kept).expect("it has only text and numbers");
        let mut list = self.list.clone();
        let last = list.last_mut().expect("one was added");
        last.match_model = match_model.to_string();
        publication.put_statistic(&name(last.no), &json(&self.kept))?;
        if let Some(before) = &self.before {
            publication.put_statistic(&name(last.no - 1), &json(before))?;
        }
        if last.reason.is_learnt() {
            put_learnt(publication, self.records)?;
        }
        let list = serde_json::to_string(&list).expect("it has only text and numbers");
        publication.put_statistic(LIST, &list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_before_it_was_kept_who_published_them_are_read() {
        let kept = r#"{"no":1,"load":4,"match_model":"m","hub_model":"h","reason":"first"}"#;
        let release: Release = serde_json::from_str(kept).unwrap();
        assert_eq!((release.no, release.by.clone()), (1, None));
        assert_eq!(serde_json::to_string(&release).unwrap(), kept);
        let asked = Release { by: Some("eva".into()), ..release };
        let told = serde_json::to_string(&asked).unwrap();
        assert_eq!(serde_json::from_str::<Release>(&told).unwrap(), asked);
    }
}
