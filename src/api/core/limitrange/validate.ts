/** https://kubernetes.io/docs/concepts/policy/limit-range/ */
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../../errors.ts';
import { isQualifiedName } from '../../names.ts';
import { formatQuantity, parseQuantity, type Quantity } from '../../quantity.ts';
import type { LimitRange } from '../../types.ts';
import { because, each, unique } from '../../validate/checks.ts';
import { quantities } from '../pod/amounts.ts';

export type LimitRangeItem = NonNullable<LimitRange['spec']>['limits'][number];

export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  return [
    ...each('spec.limits', spec?.limits, validateItem),
    ...unique(
      spec?.limits,
      ({ type }) => type,
      (i) => `spec.limits[${i}].type`,
    ),
  ];
}

function validateItem(item: LimitRangeItem, at: string): FieldError[] {
  const wrong = item.type
    ? because(`${at}.type`, item.type, isQualifiedName(item.type))
    : [fieldRequired(`${at}.type`)];
  if (item.type === 'Pod')
    for (const field of ['default', 'defaultRequest'] as const)
      if (Object.keys(item[field] ?? {}).length > 0)
        wrong.push(fieldForbidden(`${at}.${field}`, "may not be specified when `type` is 'Pod'"));
  if (item.type === 'PersistentVolumeClaim' && !item.min?.['storage'] && !item.max?.['storage'])
    wrong.push(
      fieldRequired(at, 'either minimum or maximum storage value is required, but neither was provided'),
    );
  const names = new Set(Object.values(tables(item)).flatMap((table) => Object.keys(table)));
  for (const name of [...names].toSorted()) wrong.push(...validateName(item, at, name));
  return wrong;
}

const tables = (item: LimitRangeItem) => ({
  min: quantities(item.min),
  max: quantities(item.max),
  default: quantities(item.default),
  defaultRequest: quantities(item.defaultRequest),
  maxLimitRequestRatio: quantities(item.maxLimitRequestRatio),
});

/** Field, the value that is shown, and why it cannot be. */
type Order = [
  field: string,
  low: Quantity | undefined,
  high: Quantity | undefined,
  lowName: string,
  highName: string,
];

function validateName(item: LimitRangeItem, at: string, name: string): FieldError[] {
  const all = tables(item);
  const [min, max] = [all.min[name], all.max[name]];
  const [limit, request] = [all.default[name], all.defaultRequest[name]];
  const orders: Order[] = [
    ['min', min, max, 'min value', 'max value'],
    ['defaultRequest', min, request, 'min value', 'default request value'],
    ['defaultRequest', request, max, 'default request value', 'max value'],
    ['defaultRequest', request, limit, 'default request value', 'default limit value'],
    ['default', min, limit, 'min value', 'default value'],
    ['default', limit, max, 'default value', 'max value'],
  ];
  const wrong = orders.flatMap(([field, low, high, lowName, highName]) =>
    low && high && low.milli > high.milli
      ? [
          fieldInvalid(
            `${at}.${field}[${name}]`,
            formatQuantity(low),
            `${lowName} ${formatQuantity(low)} is greater than ${highName} ${formatQuantity(high)}`,
          ),
        ]
      : [],
  );
  const ratio = all.maxLimitRequestRatio[name];
  if (ratio) wrong.push(...validateRatio(`${at}.maxLimitRequestRatio[${name}]`, ratio, min, max));
  return wrong;
}

const one = parseQuantity('1').milli;

function validateRatio(
  field: string,
  ratio: Quantity,
  min: Quantity | undefined,
  max: Quantity | undefined,
): FieldError[] {
  const text = formatQuantity(ratio);
  if (ratio.milli < one) return [fieldInvalid(field, text, `ratio ${text} is less than 1`)];
  if (!min || !max || min.milli === 0n) return [];
  const widest = Number(max.milli) / Number(min.milli);
  return Number(ratio.milli) / 1000 > widest
    ? [fieldInvalid(field, text, `ratio ${text} is greater than max/min = ${widest.toFixed(6)}`)]
    : [];
}
