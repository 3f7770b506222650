//! The hub model as code: a folder of YAML that lives in Git.
//!
//! A folder arrives: `hub.yaml`, `sources/<name>.yaml` for each source system, any files
//! `repairs/<source>.yaml` and `checks/<name>.yaml`.
//! A [`HubModel`](karat_model::hub_model::HubModel) leaves, or [`Problems`]: every mistake at
//! once, each with its place and what to do next; the other way round, [`write()`] makes a
//! commented folder of recognised columns.
//! Beside it, [`MatchFile`]: the settings of files that are matched without a hub.
//! What [`write()`] writes, [`read`] reads back as the model that [`in_memory`] gives, and
//! nothing that a user wrote is ever overwritten.
//! Start reading at `hub_file.rs` and `source_file.rs`: what stands there is what YAML can say.

mod problem;
mod tree;
mod suggest;
mod shape;
mod words;
mod numbers;
mod country;
mod attributes;
mod database_url;
mod survivorship;
mod gate;
mod hub_file;
mod check_words;
mod amounts;
mod requirement_entry;
mod checks_file;
mod quality;
mod entry;
mod repairs_file;
mod repairs_edit;
mod columns;
mod feedback;
mod source_file;
mod key_part;
mod match_file;
mod match_text;
mod folder;
mod folder_text;
mod draft;
mod settings_edit;
mod new_source;
mod schema;
mod discovered;
mod quote;
mod commented;
mod write;
mod fingerprint;
#[cfg(test)]
mod manual;
#[cfg(test)]
mod mistakes;

pub use checks_file::with_standard_checks;
pub(crate) use discovered::source as source_of;
pub use discovered::{DiscoveredColumn, DiscoveredSource, in_memory};
pub use draft::{Draft, NotSaved, digest_of};
pub use fingerprint::{Scope, fingerprint, judging_part, scope_of_change};
pub use folder::{
    CHECKS, REPAIRS, check, is_hub, read, read_checks_alone, read_steps, read_text_of,
};
pub use folder_text::FolderText;
pub use match_file::MatchFile;
pub(crate) use match_file::{KnownComparison, KnownLevel};
pub use match_text::{MatchFileText, match_text};
pub use problem::{Problem, Problems, Severity};
pub use repairs_edit::{EditError, with_steps, without_step};
pub use repairs_file::step_text;
pub use schema::{checks_schema, hub_schema, match_schema, repairs_schema, source_schema};
pub use settings_edit::{Settings, SettingsError};
pub(crate) use suggest::nearest;
pub(crate) use words::Words;
pub use write::{WriteError, path_from_hub, write};
