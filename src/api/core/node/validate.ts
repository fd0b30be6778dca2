import { type FieldError, fieldDuplicate, fieldForbidden, fieldInvalid } from '../../errors.ts';
import { isLabelValue, isQualifiedName } from '../../names.ts';
import type { Node, Taint } from '../../types.ts';
import { because, each, isCidr, isSame, named, oneOf, unique } from '../../validate/checks.ts';
import { TAINT_EFFECTS } from '../../validate/words.ts';

export function validateNode({ spec = {} }: Node): FieldError[] {
  const { podCIDR, podCIDRs = [], taints } = spec;
  return [
    ...each('spec.taints', taints, validateTaint),
    ...unique(
      taints,
      (t) => `${t.key}:${t.effect}`,
      (i) => `spec.taints[${i}]`,
    ),
    ...each('spec.podCIDRs', podCIDRs, (range, at) => because(at, range, isCidr(range))),
    ...(podCIDR && podCIDRs.length > 0 && podCIDRs[0] !== podCIDR
      ? [fieldInvalid('spec.podCIDRs', podCIDRs, 'first value must match `podCIDR`')]
      : []),
    ...(new Set(podCIDRs).size < podCIDRs.length ? [fieldDuplicate('spec.podCIDRs', podCIDRs)] : []),
  ];
}

const validateTaint = ({ key, value = '', effect }: Taint, field: string): FieldError[] => [
  ...named(`${field}.key`, key, isQualifiedName),
  ...because(`${field}.value`, value, isLabelValue(value)),
  ...oneOf(`${field}.effect`, effect, TAINT_EFFECTS),
];

/** Pods have their addresses from it. */
export function validateNodeUpdate({ spec }: Node, { spec: old }: Node): FieldError[] {
  const wrong: FieldError[] = [];
  if (old?.podCIDRs?.length && !isSame(spec?.podCIDRs, old.podCIDRs))
    wrong.push(
      fieldForbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'),
    );
  if (old?.providerID && spec?.providerID !== old.providerID)
    wrong.push(
      fieldForbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'),
    );
  return wrong;
}
