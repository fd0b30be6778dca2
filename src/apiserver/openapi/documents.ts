/** The documents, each built once. Only their bytes are kept, not the trees that they were. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Kind } from '../../api/kind.ts';
import { servedGroups } from '../discovery/resources.ts';
import { type Descriptions, readDescriptions } from './descriptions.ts';
import { type GroupVersion, pathOf } from './operations.ts';
import { encodeDocument } from './protobuf/encode.ts';
import { documentV2 } from './v2.ts';
import { documentV3 } from './v3.ts';

export interface Stored {
  readonly hash: string;
  readonly bytes: Uint8Array;
}

export type Form = 'json' | 'protobuf';

export class Documents {
  readonly #groupVersions: readonly GroupVersion[];
  readonly #groups: readonly string[];
  readonly #built = new Map<string, Promise<Stored>>();
  /** Read once for all documents that are built together. */
  #descriptions: Promise<Descriptions> | undefined;

  constructor(kinds: readonly Kind[]) {
    const groups = servedGroups(kinds);
    this.#groups = groups.map((group) => group.name);
    this.#groupVersions = groups.flatMap(({ name, versions }) =>
      versions.map(({ version, resources }) => ({ group: name, version, resources })),
    );
  }

  /** What `/openapi/v3` lists. A hash changes with its document, so that clients may keep it for ever. */
  async index(): Promise<{ paths: Readonly<Record<string, object>> }> {
    const paths: Record<string, object> = {};
    for (const gv of this.#groupVersions) {
      const name = pathOf(gv);
      const stored = await this.v3(name);
      paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=${stored?.hash}` };
    }
    return { paths };
  }

  /** By name: `apis/apps/v1`. */
  async v3(name: string): Promise<Stored | undefined> {
    const gv = this.#groupVersions.find((candidate) => pathOf(candidate) === name);
    return gv && this.#build(name, async (texts) => jsonBytes(await documentV3(gv, this.#groups, texts)));
  }

  async v2(form: Form): Promise<Stored> {
    return this.#build(form, async (texts) => {
      const document = await documentV2(this.#groupVersions, this.#groups, texts);
      return form === 'json' ? jsonBytes(document) : encodeDocument(document);
    });
  }

  #build(name: string, make: (texts: Descriptions) => Promise<Uint8Array>): Promise<Stored> {
    let stored = this.#built.get(name);
    if (!stored) {
      stored = this.#make(make);
      this.#built.set(name, stored);
      // A file that could not be read today may be there tomorrow.
      stored.catch(() => this.#built.delete(name));
    }
    return stored;
  }

  async #make(make: (texts: Descriptions) => Promise<Uint8Array>): Promise<Stored> {
    const texts = await (this.#descriptions ??= readDescriptions());
    // Others get a turn between two documents.
    await setImmediate();
    const bytes = await make(texts);
    this.#descriptions = undefined;
    return { hash: createHash('sha256').update(bytes).digest('hex').toUpperCase(), bytes };
  }
}

const jsonBytes = (document: object) => new TextEncoder().encode(JSON.stringify(document));
