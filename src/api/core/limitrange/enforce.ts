/**
 * What a limit range does to pods and claims: fills in what containers leave out, and says what is too
 * much or too little, in Kubernetes' words.
 * https://kubernetes.io/docs/concepts/policy/limit-range/
 */
import { formatQuantity, parseQuantity, type Quantity } from '../../quantity.ts';
import type { Container, LimitRange, PersistentVolumeClaim, Pod } from '../../types.ts';
import { podAmounts, type Quantities, quantities } from '../pod/amounts.ts';
import type { LimitRangeItem } from './validate.ts';

const annotation = 'kubernetes.io/limit-ranger';

/** Fills in, in place, and writes down what. */
export function fillIn(pod: Pod, range: LimitRange): void {
  const item = range.spec?.limits.find(({ type }) => type === 'Container');
  if (!item || !pod.spec) return;
  const said = [
    ...pod.spec.containers.flatMap((container) => fillContainer(container, item, 'container')),
    ...(pod.spec.initContainers ?? []).flatMap((c) => fillContainer(c, item, 'init container')),
  ];
  if (said.length === 0) return;
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [annotation]: `LimitRanger plugin set: ${said.join('; ')}`,
  };
}

function fillContainer(container: Container, item: LimitRangeItem, what: string): string[] {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const absent = (from: Record<string, string> | undefined, known: Record<string, string>) =>
    Object.entries(from ?? {}).filter(([name]) => !(name in known));
  const newRequests = absent(item.defaultRequest, requests);
  const newLimits = absent(item.default, limits);
  if (newRequests.length + newLimits.length === 0) return [];
  container.resources = {
    ...container.resources,
    limits: { ...limits, ...Object.fromEntries(newLimits) },
    requests: { ...requests, ...Object.fromEntries(newRequests) },
  };
  const names = (entries: [string, string][]) =>
    entries
      .map(([name]) => name)
      .toSorted()
      .join(', ');
  return [
    ...(newRequests.length > 0 ? [`${names(newRequests)} request for ${what} ${container.name}`] : []),
    ...(newLimits.length > 0 ? [`${names(newLimits)} limit for ${what} ${container.name}`] : []),
  ];
}

/** What is wrong with the pod. */
export function podProblems({ spec }: Pod, range: LimitRange): string[] {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return (range.spec?.limits ?? []).flatMap((item) => {
    if (item.type === 'Container')
      return containers.flatMap(({ resources }) =>
        problems(item, quantities(resources?.requests), quantities(resources?.limits)),
      );
    if (item.type === 'Pod') return problems(item, podAmounts(spec, 'requests'), podAmounts(spec, 'limits'));
    return [];
  });
}

/** What is wrong with the claim: only what it asks for counts. */
export function claimProblems({ spec }: PersistentVolumeClaim, range: LimitRange): string[] {
  const requests = quantities(spec?.resources?.requests);
  return (range.spec?.limits ?? [])
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((item) => [
      ...entries(item.min).flatMap(([name, bound]) => tooLittle(item, name, bound, requests, {})),
      ...entries(item.max).flatMap(([name, bound]) => {
        const start = `maximum ${name} usage per ${item.type} is ${formatQuantity(bound)}`;
        const asked = requests[name];
        if (!asked) return [`${start}.  No request is specified`];
        return asked.milli > bound.milli ? [`${start}, but request is ${formatQuantity(asked)}`] : [];
      }),
    ]);
}

const entries = (texts: Record<string, string> | undefined): [string, Quantity][] =>
  Object.entries(texts ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => [name, parseQuantity(text)]);

const problems = (item: LimitRangeItem, requests: Quantities, limits: Quantities): string[] => [
  ...entries(item.min).flatMap(([name, bound]) => tooLittle(item, name, bound, requests, limits)),
  ...entries(item.max).flatMap(([name, bound]) => tooMuch(item, name, bound, requests, limits)),
  ...entries(item.maxLimitRequestRatio).flatMap(([name, bound]) =>
    tooFarApart(item, name, bound, requests[name], limits[name]),
  ),
];

function tooLittle(
  { type }: LimitRangeItem,
  name: string,
  bound: Quantity,
  requests: Quantities,
  limits: Quantities,
): string[] {
  const start = `minimum ${name} usage per ${type} is ${formatQuantity(bound)}`;
  const [request, limit] = [requests[name], limits[name]];
  if (!request) return [`${start}.  No request is specified`];
  if (request.milli < bound.milli) return [`${start}, but request is ${formatQuantity(request)}`];
  return limit && limit.milli < bound.milli ? [`${start}, but limit is ${formatQuantity(limit)}`] : [];
}

function tooMuch(
  { type }: LimitRangeItem,
  name: string,
  bound: Quantity,
  requests: Quantities,
  limits: Quantities,
): string[] {
  const start = `maximum ${name} usage per ${type} is ${formatQuantity(bound)}`;
  const [request, limit] = [requests[name], limits[name]];
  if (!limit) return [`${start}.  No limit is specified`];
  if (limit.milli > bound.milli) return [`${start}, but limit is ${formatQuantity(limit)}`];
  return request && request.milli > bound.milli
    ? [`${start}, but request is ${formatQuantity(request)}`]
    : [];
}

function tooFarApart(
  { type }: LimitRangeItem,
  name: string,
  bound: Quantity,
  request: Quantity | undefined,
  limit: Quantity | undefined,
): string[] {
  const start = `${name} max limit to request ratio per ${type} is ${formatQuantity(bound)}`;
  if (!request?.milli) return [`${start}, but no request is specified or request is 0`];
  if (!limit?.milli) return [`${start}, but no limit is specified or limit is 0`];
  if (limit.milli * 1000n <= bound.milli * request.milli) return [];
  return [`${start}, but provided ratio is ${(Number(limit.milli) / Number(request.milli)).toFixed(6)}`];
}
