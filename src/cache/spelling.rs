//! Which member of an entry holds which field, found in one pass over its names: a large cache has hundreds of thousands
//! of them. Knows names and places, no values.

use std::sync::LazyLock;

use super::Field;

/// At least as many as all fields have spellings.
const SPELLINGS: usize = 64;
/// No spelling is longer.
const LONGEST: usize = 32;

/// Every spelling has a number: those of one field follow each other, the commonest first.
struct Table {
    /// The spellings of each length with their numbers.
    by_length: [Vec<(&'static str, usize)>; LONGEST],
    /// The first number of each field.
    first: [usize; Field::ALL.len()],
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { by_length: [const { Vec::new() }; LONGEST], first: [0; Field::ALL.len()] };
    let mut number = 0;
    for (field, first) in Field::ALL.iter().zip(&mut table.first) {
        *first = number;
        for name in field.spellings() {
            table.by_length.get_mut(name.len()).into_iter().for_each(|names| names.push((name, number)));
            number += 1;
        }
    }
    table
});

/// Where the members of an entry stand that spell a field; of several of one name the last, which every runtime's parser
/// takes.
#[derive(Clone)]
pub(super) struct Spelled([u32; SPELLINGS]);

/// No member.
const NOWHERE: u32 = u32::MAX;

impl Spelled {
    /// Notes where each of `names` stands.
    pub(super) fn of<N: AsRef<str>>(names: impl Iterator<Item = N>) -> Self {
        let mut places = [NOWHERE; SPELLINGS];
        for (at, name) in names.enumerate() {
            let name = name.as_ref();
            let known = TABLE.by_length.get(name.len()).into_iter().flatten();
            let number = known.filter(|(known, _)| *known == name).map(|(_, number)| *number).next();
            let place = number.and_then(|number| places.get_mut(number));
            place.into_iter().for_each(|place| *place = u32::try_from(at).unwrap_or(NOWHERE));
        }
        Self(places)
    }

    /// The places of the members that spell `field`, the commonest spelling first.
    pub(super) fn places(&self, field: Field) -> impl Iterator<Item = usize> + '_ {
        let first = TABLE.first.get(field as usize).copied().unwrap_or(SPELLINGS);
        let places = self.0.iter().skip(first).take(field.spellings().len());
        places.filter(|place| **place != NOWHERE).filter_map(|place| usize::try_from(*place).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_every_field_is_found_and_the_commonest_first() {
        for field in Field::ALL {
            for name in field.spellings() {
                let spelled = Spelled::of(["x", name].into_iter());
                let found = Field::ALL.map(|field| spelled.places(field).collect::<Vec<_>>());

                let expected = Field::ALL.map(|other| if other == field { vec![1] } else { vec![] });
                assert_eq!(found, expected, "{name}");
            }
        }
        let names = ["kid", "key_id", "kid", "keyid"];

        assert_eq!(Spelled::of(names.into_iter()).places(Field::KeyId).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn the_tables_are_long_enough() {
        let all = Field::ALL.iter().flat_map(|field| field.spellings());

        assert!(all.clone().count() <= SPELLINGS);
        assert!(all.map(|name| name.len()).max() < Some(LONGEST));
    }
}
