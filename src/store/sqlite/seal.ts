/**
 * Values that nobody reads from the disk: AES-256-GCM, with the key of the entry as additional data, so that
 * a row is of no use in another's place. The form is that of Kubernetes' own provider:
 * `k8s:enc:aesgcm:v1:NAME:` and nonce, text and tag in base64.
 * https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface SealKey {
  /** Stands before every value that was written with it. */
  name: string;
  /** 32 bytes in base64. */
  secret: string;
}

export interface Encryption {
  /** The first one writes; all of them read. */
  keys: readonly [SealKey, ...SealKey[]];
  /** What the keys of entries begin with whose values are encrypted. */
  prefixes: readonly string[];
}

export interface Seal {
  /** The value as it goes to the disk. */
  close(key: string, value: string): string;
  /** The value of a row, whether it was encrypted or not. Throws when its key is unknown or it was changed. */
  open(key: string, stored: string): string;
  /** Whether a row that begins so is as `close` would write it today. */
  isCurrent(key: string, head: string): boolean;
}

const scheme = 'k8s:enc:aesgcm:v1:';
const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Without encryption everything is written as it is. */
export function sealOf(encryption: Encryption | undefined): Seal {
  if (!encryption) return { close: (_, value) => value, open: openedWith(new Map()), isCurrent: () => true };
  const { keys, prefixes } = encryption;
  const secrets = new Map(keys.map(({ name, secret }) => [name, secretOf(name, secret)]));
  const [{ name }] = keys;
  const newest = secrets.get(name) ?? Buffer.alloc(0);
  const isSecret = (key: string) => prefixes.some((prefix) => key.startsWith(prefix));
  return {
    close: (key, value) => (isSecret(key) ? `${scheme}${name}:${closed(newest, key, value)}` : value),
    open: openedWith(secrets),
    isCurrent: (key, head) => head.startsWith(`${scheme}${name}:`) === isSecret(key),
  };
}

function secretOf(name: string, base64: string): Buffer {
  const secret = Buffer.from(base64, 'base64');
  if (secret.length !== 32)
    throw new Error(`Cannot use the store's key ${name}: it has ${secret.length} bytes, and 32 are needed`);
  return secret;
}

function closed(secret: Buffer, key: string, value: string): string {
  const nonce = randomBytes(nonceBytes);
  const writer = createCipheriv(cipher, secret, nonce).setAAD(Buffer.from(key));
  const text = [writer.update(value, 'utf8'), writer.final()];
  return Buffer.concat([nonce, ...text, writer.getAuthTag()]).toString('base64');
}

function openedWith(secrets: ReadonlyMap<string, Buffer>): Seal['open'] {
  return (key, stored) => {
    // What is not encrypted is JSON, and begins with a brace.
    if (!stored.startsWith(scheme)) return stored;
    const end = stored.indexOf(':', scheme.length);
    const name = stored.slice(scheme.length, end);
    const secret = secrets.get(name);
    if (!secret)
      throw new Error(
        `Cannot read ${key}: it is encrypted with the key ${name}, which the store was not given`,
      );
    const bytes = Buffer.from(stored.slice(end + 1), 'base64');
    const reader = createDecipheriv(cipher, secret, bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(key))
      .setAuthTag(bytes.subarray(-tagBytes));
    try {
      const text = reader.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8');
      return text + reader.final('utf8');
    } catch (cause) {
      throw new Error(`Cannot read ${key}: its value was changed, or its key is not the one named ${name}`, {
        cause,
      });
    }
  };
}
