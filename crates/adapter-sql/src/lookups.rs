//! Looking up what requests refer to: concurrent callers share the statements, so that their number does not grow with the load.

use std::collections::{BTreeSet, HashMap};

use carillon_domain::decision::Standing;
use carillon_domain::ids::PersonId;
use carillon_domain::{Business, BusinessId, Person};
use carillon_ports::directory::StandingQuery;
use carillon_ports::{StoreError, Vault};
use sea_orm::DatabaseConnection;

use crate::seen_keys::SeenKeys;
use crate::standing::Standings;
use crate::{directory, people};

/// One caller's question.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    Business(BusinessId),
    People(Vec<PersonId>),
    Standings(Vec<StandingQuery>),
}

impl Question {
    /// How many rows it asks for, roughly.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Business(_) => 1,
            Self::People(ids) => ids.len(),
            Self::Standings(queries) => queries.len(),
        }
    }
}

/// Its answer.
#[derive(Debug)]
pub(crate) enum Answer {
    Business(Option<Box<Business>>),
    People(Vec<Person>),
    Standings(Vec<Standing>),
}

/// Answers questions together: a statement for the businesses, one for the people with what they decided.
pub(crate) async fn answer(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    seen: &SeenKeys,
    questions: &[Question],
) -> Result<Vec<Answer>, StoreError> {
    let (businesses, (people, standings)) =
        tokio::try_join!(businesses(reader, questions), people(reader, vault, seen, questions))?;
    Ok(questions
        .iter()
        .map(|question| match question {
            Question::Business(id) => Answer::Business(businesses.get(id.as_str()).cloned().map(Box::new)),
            Question::People(ids) => {
                let ids: BTreeSet<&str> = ids.iter().map(PersonId::as_str).collect();
                Answer::People(ids.iter().filter_map(|id| people.get(*id).cloned()).collect())
            }
            Question::Standings(queries) => {
                Answer::Standings(queries.iter().map(|query| standings.of(query)).collect())
            }
        })
        .collect())
}

async fn businesses(
    reader: &DatabaseConnection,
    questions: &[Question],
) -> Result<HashMap<String, Business>, StoreError> {
    let ids: BTreeSet<String> = questions
        .iter()
        .filter_map(|question| match question {
            Question::Business(id) => Some(id.to_string()),
            Question::People(_) | Question::Standings(_) => None,
        })
        .collect();
    directory::businesses(reader, ids).await
}

/// Everybody asked for, and what those whose standing is asked for decided.
async fn people(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    seen: &SeenKeys,
    questions: &[Question],
) -> Result<(HashMap<String, Person>, Standings), StoreError> {
    let (mut wanted, mut addressed) = (BTreeSet::new(), BTreeSet::new());
    for question in questions {
        match question {
            Question::Business(_) => {}
            Question::People(ids) => wanted.extend(ids.iter().map(ToString::to_string)),
            Question::Standings(queries) => {
                addressed.extend(queries.iter().map(|query| query.person.to_string()));
            }
        }
    }
    let known = people::known(reader, &wanted.union(&addressed).cloned().collect()).await?;
    people::note_keys(seen, &known);
    let people = people::open(vault, &known)?;
    let standings =
        Standings::of_people(known.into_iter().filter(|known| addressed.contains(&known.row.id)))?;
    Ok((people.into_iter().map(|person| (person.id.to_string(), person)).collect(), standings))
}
