use std::sync::Arc;

super::index! {
    /// Which policy text? Equal texts have one id, however often they are attached.
    DocumentId
}

/// One policy text, stored once however often it is used.
#[derive(Clone, Debug)]
pub struct Document {
    /// The text, laid out over lines, so that a citation by line stays true.
    pub text: Arc<str>,
    /// SHA-256 of `text`: the same in every snapshot that holds this text.
    pub sha256: [u8; 32],
}

/// Is there a policy, and what does it say? "None" and "not seen" are different facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyState {
    /// The source says that there is no policy.
    None,
    /// No source said whether there is a policy, or it could not be read.
    NotSeen,
    /// There is one.
    Document(DocumentId),
}

impl PolicyState {
    /// The text, where one was seen.
    #[must_use]
    pub fn document(self) -> Option<DocumentId> {
        match self {
            PolicyState::Document(id) => Some(id),
            PolicyState::None | PolicyState::NotSeen => None,
        }
    }
}
