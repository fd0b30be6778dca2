import type { Secret } from '../../types.ts';

/** `stringData` is only for writing: it goes into `data`, over what is there. */
export function defaultSecret(secret: Secret): void {
  if (!secret.stringData) return;
  const encoded = Object.entries(secret.stringData).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
  delete secret.stringData;
}
