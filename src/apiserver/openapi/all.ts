/**
 * The documents of all kinds: those of the built-in ones, which are made once, with what the kinds that
 * come and go add to them.
 */
import { createHash } from 'node:crypto';
import type { Kind } from '../../api/kind.ts';
import { messageNames } from '../../api/message.ts';
import { version } from '../discovery/version.ts';
import {
  type CustomGroupVersion,
  customDefinitions,
  customGroupVersions,
  customPaths,
  schemaInV2,
} from './custom.ts';
import { readDescriptions } from './descriptions.ts';
import { Documents, type Form, type Stored } from './documents.ts';
import { pathOf } from './operations.ts';
import { encodeDocument } from './protobuf/encode.ts';
import { definitionsOf, type Schema, v2, v3 } from './schema.ts';
import { patchName, patchTypes, pathItem } from './shared.ts';
import { wordsFor as wordsInV2 } from './v2.ts';
import { wordsFor as wordsInV3 } from './v3.ts';

export class AllDocuments {
  readonly #builtin: Documents;
  readonly #parts: readonly Part[];
  readonly #v2 = new Map<Form, Promise<Stored>>();

  constructor(kinds: readonly Kind[]) {
    this.#builtin = builtinDocuments(kinds.filter((kind) => !kind.schema));
    this.#parts = customGroupVersions(kinds.filter((kind) => kind.schema)).map(partOf);
  }

  /** What `/openapi/v3` lists. */
  async index(): Promise<object> {
    const { paths } = await this.#builtin.index();
    const all: Record<string, object> = { ...paths };
    for (const part of this.#parts)
      all[part.name] ??= {
        serverRelativeURL: `/openapi/v3/${part.name}?hash=${(await part.v3()).hash}`,
      };
    return { paths: all };
  }

  async v3(name: string): Promise<Stored | undefined> {
    return (await this.#builtin.v3(name)) ?? this.#parts.find((part) => part.name === name)?.v3();
  }

  v2(form: Form): Promise<Stored> {
    if (this.#parts.length === 0) return this.#builtin.v2(form);
    let stored = this.#v2.get(form);
    if (!stored) this.#v2.set(form, (stored = this.#joined(form)));
    return stored;
  }

  async #joined(form: Form): Promise<Stored> {
    const { bytes } = await this.#builtin.v2(form);
    const parts = await Promise.all(this.#parts.map((part) => part.v2()));
    // Messages of protobuf one after the other are one message.
    if (form === 'protobuf') return storedOf(Buffer.concat([bytes, ...parts.map((part) => part.protobuf)]));
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const between = whole.indexOf('},"definitions":{');
    const added = (name: 'paths' | 'definitions') =>
      Buffer.from(parts.map((part) => `,${part[name]}`).join(''));
    return storedOf(
      Buffer.concat([
        whole.subarray(0, between),
        added('paths'),
        whole.subarray(between, -2),
        added('definitions'),
        whole.subarray(-2),
      ]),
    );
  }
}

/** A strategic merge patch needs tables: kubectl sends a merge patch where it is not named. */
const patches = patchTypes.filter((type) => !type.includes('strategic'));

/** What one group and version adds. */
interface Part {
  readonly name: string;
  readonly kinds: readonly Kind[];
  v3(): Promise<Stored>;
  v2(): Promise<PartV2>;
}

interface PartV2 {
  /** The members of JSON objects, without the braces. */
  readonly paths: string;
  readonly definitions: string;
  readonly protobuf: Uint8Array;
}

let builtin: { kinds: readonly Kind[]; documents: Documents } | undefined;

function builtinDocuments(kinds: readonly Kind[]): Documents {
  if (!builtin || !isSame(builtin.kinds, kinds)) builtin = { kinds, documents: new Documents(kinds) };
  return builtin.documents;
}

const isSame = (a: readonly Kind[], b: readonly Kind[]) =>
  a.length === b.length && a.every((kind, i) => kind === b[i]);

const known = new WeakMap<Kind, Part>();

function partOf(custom: CustomGroupVersion): Part {
  const [first] = custom.kinds;
  const before = first && known.get(first);
  if (before && isSame(before.kinds, custom.kinds)) return before;
  let inV3: Promise<Stored> | undefined;
  let inV2: Promise<PartV2> | undefined;
  const part: Part = {
    name: pathOf(custom.gv),
    kinds: custom.kinds,
    v3: () => (inV3 ??= documentV3(custom)),
    v2: () => (inV2 ??= partV2(custom)),
  };
  if (first) known.set(first, part);
  return part;
}

async function documentV3(custom: CustomGroupVersion): Promise<Stored> {
  const paths = customPaths(custom, new Set(messageNames()));
  const common = await (commonInV3 ??= readCommon());
  const document = {
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: version.gitVersion },
    paths: Object.fromEntries(
      paths.map((path) => [path.path, pathItem(path, wordsInV3(custom.gv, patches))]),
    ),
    components: {
      schemas: {
        ...common,
        ...customDefinitions(custom.kinds, v3, (schema) => schema),
        [patchName]: { type: 'object' },
      },
    },
  };
  return storedOf(Buffer.from(JSON.stringify(document)));
}

/** What every kind refers to, read once. */
let commonInV3: Promise<Readonly<Record<string, Schema>>> | undefined;

const common = [
  'meta/v1.ObjectMeta',
  'meta/v1.ListMeta',
  'meta/v1.DeleteOptions',
  'meta/v1.Status',
  'autoscaling/v1.Scale',
];

const readCommon = async () => definitionsOf(common, v3, await readDescriptions(), []);

async function partV2(custom: CustomGroupVersion): Promise<PartV2> {
  const paths = Object.fromEntries(
    customPaths(custom, new Set(messageNames())).map((path) => [
      path.path,
      pathItem(path, wordsInV2(custom.gv, patches)),
    ]),
  );
  const definitions = customDefinitions(custom.kinds, v2, schemaInV2);
  const members = (object: object) => JSON.stringify(object).slice(1, -1);
  return {
    paths: members(paths),
    definitions: members(definitions),
    // What stands alone, such as the title, comes once: from the document that this is added to.
    protobuf: await encodeDocument({
      swagger: '2.0',
      info: { title: 'Kubernetes', version: version.gitVersion },
      paths,
      definitions,
    }),
  };
}

const storedOf = (bytes: Uint8Array): Stored => ({
  hash: createHash('sha256').update(bytes).digest('hex').toUpperCase(),
  bytes,
});
