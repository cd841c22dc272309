//! What is different, as a comment of a pull request.

use clavicle_answer::number;
use clavicle_answer::shape::{Answer, ChangesPage, GateOutcome, Severity};
use clavicle_web::export::{MOST_OF_ROWS, plain, push_notes, standing};

use super::Remarks;

/// GitHub takes comments of up to 65,536 characters.
const MOST: usize = 60_000;
/// So many statements are cited in a row.
const MOST_CITED: usize = 3;

/// A table of access, then policies, chains and ways in; cut where a comment ends.
pub(crate) fn changes(page: &ChangesPage) -> String {
    let mut text = format!("### clavicle: {} ({})\n", plain(&page.sentence), page.verdict);
    text.push_str(&gate(&page.gate));
    let mut left = 0;
    let mut add = |text: &mut String, row: String| {
        if text.len() + row.len() > MOST_OF_ROWS { left += 1 } else { text.push_str(&row) }
    };
    if !page.access.is_empty() {
        text.push_str("\n| | what | because |\n|---|---|---|\n");
    }
    for change in &page.access {
        let cited = change.because.iter().take(MOST_CITED);
        let mut because: Vec<String> =
            cited.map(|cited| plain(&format!("{}:{}", cited.document, cited.line))).collect();
        let more = change.because.len().saturating_sub(MOST_CITED);
        if more > 0 {
            because.push(format!("and {} more", number(more)));
        }
        let glyph = if change.widens { "➕" } else { "➖" };
        add(&mut text, format!("| {glyph} | {} | {} |\n", plain(&change.sentence), because.join("<br>")));
    }
    if !page.documents.is_empty() || !page.attachments.is_empty() {
        text.push_str("\n**Policies**\n\n");
    }
    for change in &page.documents {
        let of = |what: &str, actions: &[String]| match actions {
            [] => String::new(),
            actions => format!("; {what} {}", plain(&super::some(actions))),
        };
        let verdict = match change.verdict.as_str() {
            "same" => "other text, the same access (proved)".to_owned(),
            "unknown" if change.lines.is_empty() && !change.doubts.is_empty() => {
                format!("unknown: {}", plain(&change.doubts.join(", ")))
            }
            verdict => format!(
                "{verdict}{}{}{}{}",
                of("allows more", &change.more),
                of("denies less", &change.denies_less),
                of("allows less", &change.less),
                of("denies more", &change.denies_more),
            ),
        };
        add(&mut text, format!("- {}: {verdict}\n", plain(&change.document)));
    }
    for change in &page.attachments {
        add(&mut text, format!("- {}: {} {}\n", plain(&change.policy), change.change, plain(&change.bearer)));
    }
    let lists: [(&str, &[Answer]); 4] = [
        ("Chains that are there now", &page.opened),
        ("Chains that are gone", &page.closed),
        ("Ways in that are there now", &page.ways_opened),
        ("Ways in that are gone", &page.ways_closed),
    ];
    for (heading, answers) in lists.into_iter().filter(|(_, answers)| !answers.is_empty()) {
        text.push_str(&format!("\n**{heading}**\n\n"));
        for answer in answers {
            let steps: Vec<String> =
                answer.steps.iter().map(|step| format!("{} {}", step.relation, step.to.name)).collect();
            let held = match standing(answer) {
                held if held.is_empty() || held == "allowed" => String::new(),
                held if answer.way.is_some() || held.starts_with('~') => format!(" ({})", plain(&held)),
                held => format!(" (if {})", plain(&held)),
            };
            add(&mut text, format!("- {}: {}{held}\n", plain(&answer.label), plain(&steps.join(" → "))));
        }
    }
    for (heading, certain) in [("Used, and lost", true), ("Used, and perhaps lost", false)] {
        let breaks: Vec<_> = page.breaks.iter().flatten().filter(|row| row.certain == certain).collect();
        if !breaks.is_empty() {
            text.push_str(&format!("\n**{heading}**\n\n"));
        }
        for row in breaks {
            let on = row.on.as_ref().map(|on| format!(" on {}", plain(on))).unwrap_or_default();
            add(&mut text, format!("- {}: {}{on}\n", plain(&row.who.name), plain(&row.action)));
        }
    }
    if left > 0 {
        text.push_str(&format!("\nand {} more: `-o json` has them all.\n", number(left)));
    }
    push_notes(&mut text, &page.notes);
    text
}

/// Policy files: what widens, then what narrows or is the same; cut where a comment ends.
pub(crate) fn policies(found: &Remarks, narrower: &[String], outcome: &GateOutcome) -> String {
    let mut text = format!("### clavicle: {}\n{}", plain(&found.sentence), gate(outcome));
    let rows = found.list.iter().map(|remark| {
        let glyph = if remark.finding.severity > Severity::Low { "➕" } else { "❓" };
        let place = remark.place.as_ref().map(|place| format!("{}:{}", place.file, place.line));
        let place = plain(&place.unwrap_or_default());
        format!("| {glyph} | {} | {place} |\n", plain(&remark.finding.sentence))
    });
    let rows: Vec<String> = rows.collect();
    if !rows.is_empty() {
        text.push_str("\n| | what | where |\n|---|---|---|\n");
    }
    let lines = narrower.iter().map(|line| format!("- {}\n", plain(line)));
    let lines: Vec<String> = lines.collect();
    let mut left = 0;
    for (at, part) in rows.iter().chain(&lines).enumerate() {
        if at == rows.len() {
            text.push('\n');
        }
        if text.len() + part.len() > MOST { left += 1 } else { text.push_str(part) }
    }
    if left > 0 {
        text.push_str(&format!("\nand {} more: `-o json` has them all.\n", number(left)));
    }
    text
}

/// `**The gate fails**: 1 chain opened.`
fn gate(gate: &GateOutcome) -> String {
    let verdict = match gate.verdict.as_str() {
        "fails" => "The gate fails",
        "undecided" => "The gate is undecided",
        _ => "The gate lets it pass",
    };
    match gate.because.as_slice() {
        _ if !gate.stated => String::new(),
        [] => format!("\n**{verdict}.**\n"),
        because => format!("\n**{verdict}**: {}.\n", plain(&because.join("; "))),
    }
}

/// Several of these in one comment: lines past its end are left out, and that is said.
pub(crate) fn cut(text: String) -> String {
    if text.len() <= MOST {
        return text;
    }
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= MOST).last().unwrap_or(0);
    let whole = text[..end].rfind('\n').map_or(0, |at| at + 1);
    format!("{}\nand more: `-o json` has all.\n", &text[..whole])
}

/// A line of its own.
pub(crate) fn line(text: &str) -> String {
    format!("\n- {}\n", plain(text))
}

#[cfg(test)]
mod tests {
    use clavicle_answer::shape::{
        AccessChange, BreakChange, ChangesPage, Citation, GateOutcome, SnapshotHead, Thing,
    };

    use super::changes;

    fn cited(line: usize) -> Citation {
        Citation {
            document: "policy/x".to_owned(),
            document_id: None,
            layer: "identity".to_owned(),
            effect: "Allow".to_owned(),
            sid: None,
            statement: 0,
            line,
            end_line: line,
            text: String::new(),
            attached: None,
            declared: None,
            declared_at: None,
            marks: Vec::new(),
            outcome: "allows".to_owned(),
        }
    }

    #[test]
    fn what_is_left_out_is_counted_and_what_is_not_certain_said() {
        let access = AccessChange {
            change: "gains".to_owned(),
            widens: true,
            label: "role/a".to_owned(),
            who: Vec::new(),
            access: vec!["read".to_owned()],
            on: Vec::new(),
            count: 1,
            had: 0,
            matters: false,
            sentence: "role/a gains read".to_owned(),
            because: (1..=8).map(cited).collect(),
        };
        let who = Thing {
            name: "role/a".to_owned(),
            arn: None,
            kind: "role".to_owned(),
            account: None,
            known_as: None,
        };
        let lost = |action: &str, certain: bool| BreakChange {
            who: who.clone(),
            action: action.to_owned(),
            on: None,
            uses: None,
            last_used: None,
            certain,
        };
        let head = SnapshotHead { id: String::new(), complete: true, accounts: 1, identities: 1 };
        let mut page = ChangesPage {
            schema: "clavicle.changes/1",
            verdict: "widens".to_owned(),
            sentence: "more".to_owned(),
            old: head.clone(),
            new: head,
            catalog: String::new(),
            access: vec![access],
            documents: Vec::new(),
            attachments: Vec::new(),
            opened: Vec::new(),
            closed: Vec::new(),
            ways_opened: Vec::new(),
            ways_closed: Vec::new(),
            breaks: Some(vec![lost("s3:GetObject", true), lost("s3:PutObject", false)]),
            notes: (0..30).map(|at| format!("note {at}.")).collect(),
            gate: GateOutcome { verdict: "passes".to_owned(), because: Vec::new(), stated: false },
        };
        let text = changes(&page);
        assert!(text.contains("policy/x:1<br>policy/x:2<br>policy/x:3<br>and 5 more |"), "{text}");
        let losses = "**Used, and lost**\n\n- role/a: s3:GetObject\n\n**Used, and perhaps lost**\n\n- role/a: s3:PutObject\n";
        assert!(text.contains(losses), "{text}");
        assert!(text.contains("note 29.") && !text.contains("more notes"), "{text}");
        page.notes = vec!["long ".repeat(1_000); 20];
        let text = changes(&page);
        let told = text.matches("long ").count() / 1_000;
        assert!(text.contains(&format!("and {} more notes.", 20 - told)) && text.len() < 65_536, "{told}");
    }
}
