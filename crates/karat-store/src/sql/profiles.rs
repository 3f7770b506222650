//! Profiles of the columns of sources, as bytes.

use super::Value::{Bytes, Integer};
use super::{Query, Write};
use crate::error::{Error, Result};
use crate::number::SourceNo;

/// Keeps the profiles of a source; those it had before are gone.
pub fn replace_of(write: &impl Write, source: SourceNo, profiles: &[(u16, Vec<u8>)]) -> Result<()> {
    let number = Integer(source.0 as i64);
    for (column, known) in of(write, source)? {
        let stays = profiles.iter().any(|(of, state)| *of == column && *state == known);
        if !stays {
            let delete = "DELETE FROM profile WHERE source_no = $1 AND column_no = $2";
            write.execute(delete, &[number, Integer(column.into())])?;
        }
    }
    for (column, state) in profiles {
        let put = "
            INSERT INTO profile (source_no, column_no, state) VALUES ($1, $2, $3)
            ON CONFLICT (source_no, column_no) DO NOTHING";
        write.execute(put, &[number, Integer((*column).into()), Bytes(state)])?;
    }
    Ok(())
}

/// The profiles of the columns of a source, in order.
pub fn of(query: &impl Query, source: SourceNo) -> Result<Vec<(u16, Vec<u8>)>> {
    let select = "
        SELECT column_no, state FROM profile WHERE source_no = $1 ORDER BY column_no";
    query.all(select, &[Integer(source.0 as i64)], |row| {
        let damaged = |_| Error::Damaged { what: "profile", number: source.0 };
        Ok((row.integer(0)?.try_into().map_err(damaged)?, row.bytes(1)?.to_vec()))
    })
}
