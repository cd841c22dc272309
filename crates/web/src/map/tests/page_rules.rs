//! What is true of every page, whatever it shows.

use std::collections::BTreeSet;

use crate::map::badge::{Room, badge_size, letters_room};
use crate::map::fold::{MOST_LINES, MOST_ROWS};
use crate::map::plan::Line;
use crate::map::{MapPage, Ribbon, matrix};

/// Panics with the first rule that a page breaks.
pub(super) fn check(page: &MapPage) {
    for band in &page.bands {
        let rows = page.shapes.iter().filter(|shape| shape.band == band.id).count();
        assert!(rows <= MOST_ROWS, "{}: {rows} rows in {}", page.title, band.id);
    }
    check_all_but_rows(page);
}

/// The same of a page with a shape taken apart: its parts may be more rows than a screen has.
pub(super) fn check_all_but_rows(page: &MapPage) {
    let title = &page.title;
    let ids: BTreeSet<&str> = page.shapes.iter().map(|shape| shape.id.as_str()).collect();
    assert_eq!(ids.len(), page.shapes.len(), "{title}: two shapes have one id");
    let ribbons: BTreeSet<&str> = page.ribbons.iter().map(|ribbon| ribbon.id.as_str()).collect();
    assert_eq!(ribbons.len(), page.ribbons.len(), "{title}: two ribbons have one id");
    for band in &page.bands {
        assert!(band.x >= 0.0 && band.x + band.width <= page.width, "{title}: {band:?} is outside");
    }
    assert!(page.shapes.len() <= 90 && page.ribbons.len() <= MOST_LINES, "{title}: past the budget");
    for ribbon in &page.ribbons {
        assert!(
            ids.contains(ribbon.from.as_str()) && ids.contains(ribbon.to.as_str()),
            "{title}: {ribbon:?}"
        );
        assert!(
            ribbon.count > 0 && !ribbon.sentence.is_empty() && ribbon.path.starts_with("M "),
            "{ribbon:?}"
        );
        assert!(
            points(&ribbon.path).all(|(x, y)| {
                (-20.0..=page.width + 80.0).contains(&x) && (-20.0..=page.height + 20.0).contains(&y)
            }),
            "{title}: {ribbon:?} leaves the canvas"
        );
    }
    // The table tells the same.
    let rows: Vec<_> = page.rows.iter().map(|row| (row.ribbon.as_str(), row.count, row.relation)).collect();
    let drawn: Vec<_> =
        page.ribbons.iter().map(|ribbon| (ribbon.id.as_str(), ribbon.count, ribbon.relation)).collect();
    assert_eq!(rows, drawn, "{title}");
    check_matrix(page);
    let rooms = rooms(page);
    for (at, (name, room)) in rooms.iter().enumerate() {
        assert!(
            room.left >= 0.0 && room.top >= 0.0 && room.right <= page.width && room.bottom <= page.height,
            "{title}: {name} is outside of the canvas: {room:?}"
        );
        for (other_name, other) in &rooms[at + 1..] {
            assert!(!room.meets(other), "{title}: {name} and {other_name} cover each other");
        }
    }
    for shape in &page.shapes {
        assert!(!shape.sentence.is_empty() && !shape.label.is_empty(), "{shape:?}");
        assert!(shape.members.len() <= 50 && shape.members.len() <= shape.count, "{shape:?}");
    }
}

/// The matrix has the lines of the drawing, each once and between its own two shapes.
fn check_matrix(page: &MapPage) {
    let title = &page.title;
    let made = matrix(page);
    let mut lines: Vec<&str> = Vec::new();
    for cell in &made.cells {
        let (row, column) = (&made.rows[cell.row], &made.columns[cell.column]);
        for line in &cell.lines {
            let ribbon = page.ribbons.iter().find(|ribbon| ribbon.id == line.ribbon).expect("it is drawn");
            assert_eq!((&ribbon.from, &ribbon.to), (&row.shape, &column.shape), "{title}: {line:?}");
            assert_eq!((ribbon.count, ribbon.condition.is_some()), (line.count, line.conditional), "{title}");
            lines.push(&line.ribbon);
        }
    }
    let drawn: BTreeSet<&str> = page.ribbons.iter().map(|ribbon| ribbon.id.as_str()).collect();
    assert_eq!(lines.len(), drawn.len(), "{title}");
    assert_eq!(
        lines.into_iter().collect::<BTreeSet<_>>(),
        drawn,
        "{title}: the cells and the drawing differ"
    );
    for lanes in [&made.rows, &made.columns] {
        let shapes: BTreeSet<&str> = lanes.iter().map(|lane| lane.shape.as_str()).collect();
        assert_eq!(shapes.len(), lanes.len(), "{title}: two lanes are one shape");
        let mut bands: Vec<&str> = lanes.iter().map(|lane| lane.band.as_str()).collect();
        bands.dedup();
        let different: BTreeSet<&str> = bands.iter().copied().collect();
        assert_eq!(different.len(), bands.len(), "{title}: a band stands in two places");
        let mut groups: Vec<_> = lanes.iter().map(|lane| (&lane.band, &lane.service)).collect();
        groups.dedup();
        let different: BTreeSet<_> = groups.iter().copied().collect();
        assert_eq!(different.len(), groups.len(), "{title}: a service stands in two places of a band");
    }
    assert_eq!(made, matrix(page), "{title}");
}

/// Everything that takes room: shapes, badges and letters.
fn rooms(page: &MapPage) -> Vec<(String, Room)> {
    let mut rooms: Vec<(String, Room)> =
        page.shapes.iter().map(|shape| (shape.id.clone(), Room::of_shape(shape))).collect();
    for ribbon in &page.ribbons {
        if let Some(label) = &ribbon.label {
            let (width, height) = badge_size(&line(ribbon), &label.text);
            let (x, y) = (label.x, label.y);
            let room = Room {
                left: x - width / 2.0 + 0.1,
                top: y - height / 2.0 + 0.1,
                right: x + width / 2.0 - 0.1,
                bottom: y + height / 2.0 - 0.1,
            };
            rooms.push((format!("the badge of {}", ribbon.id), room));
        }
        if let (Some(letters), Some(place)) = (&ribbon.letters, ribbon.letters_at) {
            let mut room = letters_room(letters, place);
            room.top += 0.1;
            room.bottom -= 0.1;
            room.left += 0.1;
            room.right -= 0.1;
            rooms.push((format!("the letters of {}", ribbon.id), room));
        }
    }
    rooms
}

fn line(ribbon: &Ribbon) -> Line {
    Line {
        from: 0,
        to: 0,
        relation: ribbon.relation,
        again: 0,
        count: ribbon.count,
        letters: ribbon.letters.clone(),
        mark: ribbon.mark,
        condition: ribbon.condition.clone(),
        unseen: ribbon.unseen,
        words: None,
        sentence: String::new(),
        change: None,
        pairs: Vec::new(),
    }
}

fn points(path: &str) -> impl Iterator<Item = (f64, f64)> {
    let numbers: Vec<f64> = path.split(' ').filter_map(|part| part.parse().ok()).collect();
    assert_eq!(numbers.len() % 2, 0, "{path}");
    numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>().into_iter()
}
