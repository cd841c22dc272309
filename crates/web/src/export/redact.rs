//! Maps without names.

use clavicle_answer::{Pseudonyms, Redact};

use crate::map::{Band, Crumb, MapPage, Ribbon, Row, Shape, Tray};

impl Redact for MapPage {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        let Self {
            schema: _,
            level: _,
            title,
            crumbs,
            width: _,
            height: _,
            bands,
            shapes,
            ribbons,
            tray,
            rows,
            change: _,
            notes: _,
        } = self;
        title.redact(pseudonyms);
        for Crumb { label, account, unit } in crumbs {
            label.redact(pseudonyms);
            [account, unit].into_iter().for_each(|text| text.redact(pseudonyms));
        }
        // Bands are called by words of this program.
        let _: &mut Vec<Band> = bands;
        for shape in shapes {
            let Shape {
                id,
                band: _,
                kind: _,
                label,
                sub,
                count: _,
                service: _,
                equal: _,
                x: _,
                y: _,
                w: _,
                h: _,
                outline: _,
                known: _,
                mark: _,
                crown: _,
                account,
                unit,
                members,
                sentence,
                change: _,
            } = shape;
            [id, label, sentence].into_iter().for_each(|text| text.redact(pseudonyms));
            [sub, account, unit].into_iter().for_each(|text| text.redact(pseudonyms));
            members.redact(pseudonyms);
        }
        for ribbon in ribbons {
            let Ribbon {
                id,
                from,
                to,
                relation: _,
                count: _,
                letters: _,
                letters_at: _,
                width: _,
                mark: _,
                condition,
                unseen: _,
                path: _,
                label: _,
                sentence,
                change: _,
                pairs,
            } = ribbon;
            [id, from, to, sentence].into_iter().for_each(|text| text.redact(pseudonyms));
            condition.redact(pseudonyms);
            pairs.iter_mut().flatten().for_each(|name| name.redact(pseudonyms));
        }
        for Tray { label, count: _, members } in tray {
            label.redact(pseudonyms);
            members.redact(pseudonyms);
        }
        for Row { from, relation: _, to, count: _, condition, mark: _, ribbon, change: _ } in rows {
            [from, to, ribbon].into_iter().for_each(|text| text.redact(pseudonyms));
            condition.redact(pseudonyms);
        }
    }
}
