/** https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces */
import { type FieldError, fieldInvalid } from '../../../api/errors.ts';
import type { Level } from './contract.ts';
import type { Policy } from './evaluate.ts';

const modes = ['enforce', 'audit', 'warn'] as const;
type Mode = (typeof modes)[number];

const prefix = 'pod-security.kubernetes.io/';
const levels: readonly string[] = ['privileged', 'baseline', 'restricted'];

/** Of the version of Kubernetes that is presented: there is nothing newer to be judged by. */
const latestMinor = 36;

type Labels = Readonly<Record<string, string>>;

const isLevel = (text: string): text is Level => levels.includes(text);

/** Without a label everything is allowed; one that says nothing is as strict as can be. */
export function policyOf(labels: Labels = {}, mode: Mode): Policy {
  const label = labels[prefix + mode];
  const version = labels[`${prefix}${mode}-version`] || 'latest';
  const level = label === undefined || label === '' ? 'privileged' : isLevel(label) ? label : 'restricted';
  return { level, version, minor: Math.min(latestMinor, minorOf(version) ?? latestMinor) };
}

function minorOf(version: string): number | undefined {
  const [found, minor] = /^v1\.(0|[1-9]\d*)$/.exec(version) ?? [];
  return found === undefined ? undefined : Number(minor);
}

export const wrongLabels = (labels: Labels = {}): FieldError[] =>
  modes.flatMap((mode) => {
    const [level, version] = [labels[prefix + mode], labels[`${prefix}${mode}-version`]];
    const at = (key: string) => `metadata.labels[${key}]`;
    const wrong: FieldError[] = [];
    if (level !== undefined && !isLevel(level))
      wrong.push(fieldInvalid(at(prefix + mode), level, `must be one of ${levels.join(', ')}`));
    if (version !== undefined && version !== 'latest' && minorOf(version) === undefined)
      wrong.push(fieldInvalid(at(`${prefix}${mode}-version`), version, 'must be "latest" or "v1.x"'));
    return wrong;
  });

/** Whether pods that were allowed before may not be any more. */
export const isStricter = (now: Policy, before: Policy): boolean =>
  now.level !== 'privileged' &&
  (now.version !== before.version || levels.indexOf(now.level) > levels.indexOf(before.level));
