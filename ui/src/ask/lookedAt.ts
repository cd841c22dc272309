/** Snapshots of more identities have their rules asked when somebody wants to know. */
export const MOST_LOOKED_AT = 5_000;
