import { randomInt, randomUUID } from 'node:crypto';

/** Where chance comes from. */
export interface Ids {
  /** `metadata.uid` */
  uid(): string;
  /** What is put behind `generateName`. */
  suffix(): string;
}

/** No vowels and nothing that looks like one, so that no words come out: as Kubernetes has it. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;

export const randomIds: Ids = {
  uid: () => randomUUID(),
  suffix: () => Array.from({ length: suffixLength }, () => alphabet[randomInt(alphabet.length)]).join(''),
};
