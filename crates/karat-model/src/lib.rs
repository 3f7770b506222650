//! Karat's nouns: the words that every stage shares.
//!
//! A [`SourceRecord`](record::SourceRecord) arrives; cleaning turns its values into
//! [`Claim`](claim::Claim)s and [`Finding`](finding::Finding)s; the claims of all records form a
//! [`RecordTable`](table::RecordTable); matching weighs pairs and gives
//! [`Evidence`](evidence::Evidence) and a [`Partition`](partition::Partition);
//! merging makes a [`GoldenRecord`](golden::GoldenRecord) of each cluster.
//! The [`HubModel`](hub_model::HubModel) says how, and what [`Check`](check::Check)s require.
//!
//! Plain data only: no I/O, no clock, no serialisation. Boundaries have types of their own.
//!
//! Modules are listed in the order a record travels.

pub mod id;
pub mod language;
pub mod semantic;
pub mod attribute;
pub mod match_settings;
pub mod repair_step;
pub mod hub_model;
pub mod record;
pub mod profile;
pub mod phone_type;
pub mod gender;
pub mod name_usage;
pub mod claim;
pub mod finding;
pub mod feedback;
pub mod check;
pub mod confirmation;
pub mod table;
pub mod evidence;
pub mod decision;
pub mod partition;
pub mod golden;
