/** The audit log of a control plane whose cluster has a policy for it. Loaded only then. */
import { randomUUID } from 'node:crypto';
import type { Audit, AuditDeps } from '../../apiserver/audit/index.ts';
import type { ControlPlaneConfig } from '../config.ts';

/** Where it is on the node. */
export const auditFile = '/var/log/switchboard/audit/audit.log';

export async function auditOf(
  { auditPolicy: policy }: Pick<ControlPlaneConfig, 'auditPolicy'>,
  parts: Pick<AuditDeps, 'authorizer' | 'clock'>,
): Promise<Audit | undefined> {
  if (!policy) return undefined;
  const [{ audit }, { lineLog }] = await Promise.all([
    import('../../apiserver/audit/index.ts'),
    import('../../apiserver/audit/log.ts'),
  ]);
  const file = lineLog(auditFile);
  return audit({ ...parts, policy, write: (line) => file.write(line), uuid: randomUUID });
}
