/** https://kubernetes.io/docs/concepts/storage/volumes/#secret */
import { secrets } from '../../api/resource.ts';
import type { PayloadOf } from './contract.ts';
import { defaultFileMode, selectItems } from './items.ts';

export const secret: PayloadOf<'secret'> = async (source, { object }) => {
  const { secretName = '', items, optional = false, defaultMode = defaultFileMode } = source;
  const found = await object(secrets, secretName);
  if (!found && !optional) throw new Error(`secret "${secretName}" not found`);
  const entries = Object.entries(found?.data ?? {});
  const data = new Map(entries.map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  return selectItems(data, items, defaultMode, optional);
};
