/**
 * Takes the documentation of kinds and fields out of the models of `@kubernetes/client-node` and writes
 * it to `.build/descriptions.json`, where the API server finds it for its OpenAPI documents.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageNames, messageOf } from '../src/api/message.ts';
import '../src/api/kinds.ts';
import { descriptionsFile } from '../src/apiserver/openapi/descriptions.ts';
import { describeModel, modelNames } from './models.ts';

const models = new URL('../node_modules/@kubernetes/client-node/dist/gen/models/', import.meta.url);

async function modelOf(message: string): Promise<string | undefined> {
  for (const name of modelNames(message)) {
    const file = new URL(`${name}.d.ts`, models);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

const descriptions: Record<string, Record<string, string>> = {};
for (const message of messageNames()) {
  const model = await modelOf(message);
  if (model === undefined) continue;
  const fields = [...messageOf(message).byName.keys()];
  descriptions[message] = describeModel(model, fields);
}

await mkdir(dirname(descriptionsFile), { recursive: true });
await writeFile(`${descriptionsFile}.new`, JSON.stringify(descriptions));
await rename(`${descriptionsFile}.new`, descriptionsFile);
console.log(`${Object.keys(descriptions).length} of ${messageNames().length} messages described`);
