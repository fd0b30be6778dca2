/** https://kubernetes.io/docs/concepts/storage/volumes/#configmap */
import { configMaps } from '../../api/resource.ts';
import type { PayloadOf } from './contract.ts';
import { defaultFileMode, selectItems } from './items.ts';

export const configMap: PayloadOf<'configMap'> = async (source, { object }) => {
  const { name = '', items, optional = false, defaultMode = defaultFileMode } = source;
  const found = await object(configMaps, name);
  if (!found && !optional) throw new Error(`configmap "${name}" not found`);
  const data = new Map<string, string | Uint8Array>(Object.entries(found?.data ?? {}));
  for (const [key, value] of Object.entries(found?.binaryData ?? {}))
    data.set(key, Buffer.from(value, 'base64'));
  return selectItems(data, items, defaultMode, optional);
};
