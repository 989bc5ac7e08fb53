/** Whose rows these are, where nobody says otherwise. */
export const DEFAULT_TENANT = 'default';
