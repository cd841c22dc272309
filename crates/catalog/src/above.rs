//! What lies above a thing: the paths that a request for all below them names, and what a request on the thing asks of
//! what it stands in.

use crate::action::ActionId;
use crate::catalog::Catalog;

/// What a request on a thing is asked on besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedAbove {
    /// Its ARN.
    pub arn: String,
    /// What it is to the thing: `database above the table`.
    pub what: &'static str,
}

/// Is any action of this service asked on what the thing stands in?
pub(crate) fn is_asked_above(service: &str) -> bool {
    matches!(service, "glue" | "ecs")
}

/// On what else is `action` asked, where a request names the thing with this ARN? Each has to be allowed.
///
/// AWS: Glue developer guide, "Specifying AWS Glue resource ARNs": "any access operation on a Data Catalog resource requires
/// permission on the resource and all of the ancestors of that resource"
/// (<https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html>); Amazon ECS developer guide, "Monitor
/// Amazon ECS containers with ECS Exec": its policies name cluster and tasks
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>), and the Service Authorization Reference has
/// both as required.
pub(crate) fn asked_above(catalog: &Catalog, action: ActionId, arn: &str) -> Vec<AskedAbove> {
    let Some((place, name)) = split(arn).filter(|(place, _)| is_asked_above(place.service)) else {
        return Vec::new();
    };
    let takes = |kind: &str| {
        catalog.resources(action).any(|taken| taken.resource_type().name().eq_ignore_ascii_case(kind))
    };
    match place.service {
        "glue" => in_glue(name)
            .filter(|(kind, ..)| takes(kind))
            .map(|(_, resource, what)| AskedAbove { arn: place.arn(&resource), what })
            .collect(),
        "ecs" if catalog.name(action) == "ecs:ExecuteCommand" => {
            let cluster = name.strip_prefix("task/").and_then(|task| task.split_once('/'));
            let above = |(cluster, _): (&str, &str)| AskedAbove {
                arn: place.arn(&format!("cluster/{cluster}")),
                what: "cluster of the task",
            };
            cluster.map(above).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What is above something in a data catalogue: the type as AWS lists it, the resource part of the ARN, and what it is.
fn in_glue(name: &str) -> impl Iterator<Item = (&'static str, String, &'static str)> {
    let (kind, path) = name.split_once('/').unwrap_or((name, ""));
    let cut = |path: &str, names: usize| {
        let mut rest = path;
        for _ in 0..names {
            rest = rest.rsplit_once('/')?.0;
        }
        Some(rest.to_owned())
    };
    // The database, where it is not the thing itself, with what the thing and its catalogue are called.
    let (database, what): (Option<String>, [&'static str; 2]) = match kind {
        "table" => (cut(path, 1), ["database above the table", "catalog above the table"]),
        "tableVersion" => (cut(path, 2), ["database above the table", "catalog above the table"]),
        "userDefinedFunction" => {
            (cut(path, 1), ["database above the function", "catalog above the function"])
        }
        _ => (None, ["", "catalog above the database"]),
    };
    let inside = database.clone().or_else(|| (kind == "database").then(|| path.to_owned()));
    // Catalogues may lie in catalogues: `table/s3tablescatalog/bucket/db/t`.
    let mut catalogs = Vec::new();
    let mut rest = inside.as_deref();
    while let Some((above, _)) = rest.and_then(|path| path.rsplit_once('/')) {
        catalogs.push(("catalog", format!("catalog/{above}"), what[1]));
        rest = Some(above);
    }
    if inside.is_some() {
        catalogs.push(("rootcatalog", "catalog".to_owned(), what[1]));
    }
    database.map(|path| ("database", format!("database/{path}"), what[0])).into_iter().chain(catalogs)
}

/// An ARN up to its resource part.
struct Place<'a> {
    before: &'a str,
    service: &'a str,
}

impl Place<'_> {
    fn arn(&self, resource: &str) -> String {
        format!("{}{resource}", self.before)
    }
}

fn split(arn: &str) -> Option<(Place<'_>, &str)> {
    let (at, _) = arn.match_indices(':').nth(4)?;
    let (before, name) = arn.split_at_checked(at + 1)?;
    Some((Place { before, service: before.split(':').nth(2)? }, name))
}

/// Paths have fifteen levels at most. AWS: Systems Manager user guide, "Working with parameter hierarchies in Parameter Store"
/// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-hierarchies.html>).
const MOST_LEVELS: usize = 15;

/// How many levels of paths are above the thing: `parameter/app/db` has `parameter/app` and `parameter/`.
pub fn levels_above(arn: &str) -> u8 {
    let levels = split(arn).map_or(0, |(_, name)| name.matches('/').count());
    u8::try_from(levels.min(MOST_LEVELS)).unwrap_or_default()
}

/// The ARN of the path so many levels above the thing, with a `/` at its end or without. The last of them has one always.
pub(crate) fn path_above(arn: &str, levels: u8, slash: bool) -> Option<String> {
    let (place, name) = split(arn)?;
    let mut path = name;
    for _ in 0..levels {
        path = path.rsplit_once('/')?.0;
    }
    let slash = slash || !path.contains('/');
    Some(place.arn(&format!("{path}{}", if slash { "/" } else { "" })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edition::catalog;

    fn above(action: &str, resource: &str) -> Vec<String> {
        let action = catalog().action(action).expect("a listed action");
        let found = asked_above(catalog(), action, &format!("arn:aws:{resource}"));
        found.into_iter().map(|above| above.arn["arn:aws:".len()..].to_owned()).collect()
    }

    #[test]
    fn a_table_is_asked_about_with_its_database_and_catalogue() {
        let at = "glue:eu-west-1:111122223333";
        assert_eq!(
            above("glue:GetTable", &format!("{at}:table/sales/orders")),
            [format!("{at}:database/sales"), format!("{at}:catalog")]
        );
        assert_eq!(
            above("glue:GetTableVersion", &format!("{at}:tableVersion/sales/orders/3")),
            [format!("{at}:database/sales"), format!("{at}:catalog")]
        );
        assert_eq!(above("glue:DeleteDatabase", &format!("{at}:database/sales")), [format!("{at}:catalog")]);
        assert_eq!(
            above("glue:GetTable", &format!("{at}:table/s3tablescatalog/lake/db/t")),
            [
                format!("{at}:database/s3tablescatalog/lake/db"),
                format!("{at}:catalog/s3tablescatalog/lake"),
                format!("{at}:catalog/s3tablescatalog"),
                format!("{at}:catalog")
            ]
        );
        // What is asked on the thing alone, and what stands in nothing.
        assert!(
            above("glue:GetTags", &format!("{at}:database/sales"))
                .iter()
                .all(|arn| arn.contains(":catalog/"))
        );
        assert_eq!(above("glue:StartJobRun", &format!("{at}:job/nightly")), Vec::<String>::new());
        assert_eq!(above("glue:GetTable", &format!("{at}:table/sales")), Vec::<String>::new());
        assert_eq!(above("s3:GetObject", "s3:::table/a/b"), Vec::<String>::new());
    }

    #[test]
    fn a_command_in_a_task_is_asked_on_its_cluster_too() {
        let at = "ecs:eu-west-1:111122223333";
        assert_eq!(
            above("ecs:ExecuteCommand", &format!("{at}:task/web/0abc")),
            [format!("{at}:cluster/web")]
        );
        assert_eq!(above("ecs:StopTask", &format!("{at}:task/web/0abc")), Vec::<String>::new());
        // An ARN of before clusters stood in them.
        assert_eq!(above("ecs:ExecuteCommand", &format!("{at}:task/0abc")), Vec::<String>::new());
    }

    #[test]
    fn paths_end_at_the_first_slash() {
        let at = |name: &str| format!("arn:aws:ssm:eu-west-1:111122223333:{name}");
        let db = at("parameter/app/prod/db");
        assert_eq!(levels_above(&db), 3);
        for (levels, slash, path) in [
            (1, false, Some("parameter/app/prod")),
            (1, true, Some("parameter/app/prod/")),
            (2, false, Some("parameter/app")),
            (3, false, Some("parameter/")),
            (3, true, Some("parameter/")),
            (4, true, None),
        ] {
            assert_eq!(path_above(&db, levels, slash), path.map(at), "{levels} {slash}");
        }
        assert_eq!(levels_above(&at("parameter")), 0);
        assert_eq!(levels_above("parameter/a"), 0);
        assert_eq!(levels_above(&at(&"a/".repeat(900))), 15);
    }
}
