//! What those ask who follow an inbox: concurrent questions share the statements, so that thousands of pages that look at once cost a few.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use carillon_domain::ids::PersonId;
use carillon_ports::inbox::{InboxCounts, InboxItem, InboxPage};
use carillon_ports::{StoreError, Vault};
use sea_orm::{DatabaseConnection, FromQueryResult};

use crate::entity::inbox_item;
use crate::error::store_error;
use crate::inbox::{item, readable};
use crate::rows_in::{Column, Kind, Rows};
use crate::seal::{Keys, person_key};
use crate::sql::Sql;

/// One caller's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// The next items after a number.
    After { person: PersonId, seq: i64, limit: u32 },
    /// How many there are.
    Counts(PersonId),
}

/// Its answer.
#[derive(Debug)]
pub(crate) enum Answer {
    Page(InboxPage),
    Counts(InboxCounts),
}

impl Question {
    /// How many rows it asks for, roughly: most who look are behind by one or two.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::After { .. } => 2,
            Self::Counts(_) => 1,
        }
    }
}

/// Answers questions together: a statement for all items, one for their keys, one for all counts.
pub(crate) async fn answer(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    questions: &[Question],
) -> Result<Vec<Answer>, StoreError> {
    let (pages, counts) = tokio::try_join!(pages(reader, vault, questions), counts(reader, questions))?;
    let answers = questions.iter().map(|question| match question {
        Question::After { person, seq, limit } => {
            let found = pages.get(&(person.to_string(), *seq)).map_or(&[][..], Vec::as_slice);
            let limit = usize::try_from(*limit).unwrap_or(usize::MAX);
            let page = &found[..found.len().min(limit)];
            let next = page.last().filter(|_| page.len() == limit).map(|last| last.seq);
            let items = page.iter().filter_map(|found| found.item.clone()).collect();
            Answer::Page(InboxPage { items, next })
        }
        Question::Counts(person) => Answer::Counts(counts.get(person.as_str()).copied().unwrap_or_default()),
    });
    Ok(answers.collect())
}

/// A place in an inbox, and what stands there; nothing where it cannot be read.
struct Found {
    seq: i64,
    item: Option<InboxItem>,
}

/// A row, and after which number it was asked for.
#[derive(FromQueryResult)]
struct Row {
    after: i64,
    #[sea_orm(nested)]
    row: inbox_item::Model,
}

/// The items after each place that is asked for, in order: as many as anybody asks for.
async fn pages(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    questions: &[Question],
) -> Result<HashMap<(String, i64), Vec<Found>>, StoreError> {
    let (mut places, mut most) = (BTreeMap::new(), 0);
    for question in questions {
        if let Question::After { person, seq, limit } = question {
            places.insert((person.to_string(), *seq), person);
            most = most.max(*limit);
        }
    }
    let rows = rows_after(reader, places.keys(), most).await?;
    // Most who look have nothing new: of them no key is wanted.
    let with_news = rows.iter().filter_map(|Row { after, row }| places.get(&(row.person_id.clone(), *after)));
    let owners: BTreeSet<String> = with_news.map(|person| person_key(person)).collect();
    let keys = Keys::load(reader, vault, &owners).await?;
    let mut pages: HashMap<_, Vec<Found>> = HashMap::new();
    for Row { after, row } in rows {
        let place = (row.person_id.clone(), after);
        if let Some(person) = places.get(&place) {
            let item = readable(item(&row, person, &keys)).flatten();
            pages.entry(place).or_default().push(Found { seq: row.seq, item });
        }
    }
    Ok(pages)
}

/// At most so many rows after each place, in order.
async fn rows_after(
    reader: &DatabaseConnection,
    places: impl Iterator<Item = &(String, i64)>,
    most: u32,
) -> Result<Vec<Row>, StoreError> {
    let mut sql = Sql::on(reader);
    let mut given = Rows::new(&[Column::new("person_id", Kind::Text), Column::new("seq", Kind::Integer)]);
    for (person, seq) in places {
        given.push(vec![person.clone().into(), (*seq).into()]);
    }
    if given.is_empty() || most == 0 {
        return Ok(Vec::new());
    }
    let (given, last) = (given.table("given", &mut sql), sql.bind(i64::from(most) - 1));
    // SQLite knows no LATERAL: the number of each last row is looked up instead.
    let statement = sql.statement(&format!(
        "WITH {given} SELECT given.seq AS after, items.* FROM given JOIN inbox_items items ON items.person_id = given.person_id \
         AND items.seq > given.seq AND items.archived_at IS NULL AND items.seq <= COALESCE((SELECT i.seq FROM inbox_items i \
         WHERE i.person_id = given.person_id AND i.seq > given.seq AND i.archived_at IS NULL \
         ORDER BY i.seq LIMIT 1 OFFSET {last}), {newest}) ORDER BY items.person_id, items.seq",
        newest = i64::MAX
    ));
    Row::find_by_statement(statement).all(reader).await.map_err(|error| store_error(&error))
}

#[derive(FromQueryResult)]
struct CountRow {
    person_id: String,
    unread: i64,
    unseen: i64,
    total: i64,
    newest: i64,
}

async fn counts(
    reader: &DatabaseConnection,
    questions: &[Question],
) -> Result<HashMap<String, InboxCounts>, StoreError> {
    let people: BTreeSet<&PersonId> = questions
        .iter()
        .filter_map(|question| match question {
            Question::Counts(person) => Some(person),
            Question::After { .. } => None,
        })
        .collect();
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::on(reader);
    let mut given = Rows::new(&[Column::new("person_id", Kind::Text)]);
    for person in people {
        given.push(vec![person.to_string().into()]);
    }
    let given = given.table("given", &mut sql);
    let count = |which: &str| {
        format!(
            "(SELECT COUNT(*) FROM inbox_items i WHERE i.person_id = given.person_id AND i.archived_at IS NULL{which})"
        )
    };
    let statement = sql.statement(&format!(
        "WITH {given} SELECT given.person_id, {unread} AS unread, {unseen} AS unseen, {total} AS total, \
         COALESCE(c.newest, 0) AS newest FROM given LEFT JOIN inbox_counters c ON c.person_id = given.person_id",
        unread = count(" AND i.read_at IS NULL"),
        unseen = count(" AND i.read_at IS NULL AND i.seq > COALESCE(c.seen, 0)"),
        total = count(""),
    ));
    let rows =
        CountRow::find_by_statement(statement).all(reader).await.map_err(|error| store_error(&error))?;
    let counts = |CountRow { person_id, unread, unseen, total, newest }| {
        (person_id, InboxCounts { unread, unseen, total, newest })
    };
    Ok(rows.into_iter().map(counts).collect())
}
