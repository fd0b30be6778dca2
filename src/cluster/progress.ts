/** Told when something begins, for a person who watches. */
export type Progress = (what: string) => void;
