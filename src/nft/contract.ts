/**
 * nftables as text, in transactions. Implemented in process by libnftables (`kernel.ts`), and by
 * `fake.ts` for tests, which understands the part of the language that this project writes.
 */
export interface Nft {
  /** Carries out all commands of the text or none of them. Rejects with nft's own message and the offending line. */
  run(transaction: string): Promise<void>;
  /** `nft list …` in JSON form, for start-up and for tests; never on a hot path. */
  list(what: string): Promise<unknown>;
  close(): Promise<void>;
}
