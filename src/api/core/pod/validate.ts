/** What a pod, or the template of one, must fulfil. */
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired, fieldTooLong } from '../../errors.ts';
import { isDnsLabel, isDnsSubdomain, isQualifiedName } from '../../names.ts';
import type { Pod, PodSpec, PodTemplateSpec } from '../../types.ts';
import { because, between, each, isIP, named, nonNegative, oneOf, optional } from '../../validate/checks.ts';
import { validateAnnotations, validateLabels } from '../../validate/labels.ts';
import { validateContainers } from './validateContainers.ts';
import { validateScheduling } from './validateScheduling.ts';
import { validateSysctls } from './validateSysctls.ts';
import { validateVolumes } from './validateVolumes.ts';

const MAX_INT32 = 2 ** 31 - 1;

export const validatePod = ({ spec }: Pod): FieldError[] =>
  validatePodSpec('spec', spec ?? { containers: [] });

/** The template of a workload; `field` is where it stands (`spec.template`). */
export const validatePodTemplate = (field: string, template: PodTemplateSpec | undefined): FieldError[] => [
  ...validateLabels(`${field}.labels`, template?.metadata?.labels),
  ...validateAnnotations(`${field}.annotations`, template?.metadata?.annotations),
  ...validatePodSpec(`${field}.spec`, template?.spec ?? { containers: [] }),
  ...(template?.spec?.ephemeralContainers?.length
    ? [
        fieldForbidden(
          `${field}.spec.ephemeralContainers`,
          'ephemeral containers not allowed in pod template',
        ),
      ]
    : []),
];

function validatePodSpec(field: string, spec: PodSpec): FieldError[] {
  return [
    ...validateVolumes(`${field}.volumes`, spec.volumes),
    ...validateContainers(field, spec),
    ...oneOf(`${field}.restartPolicy`, spec.restartPolicy, ['Always', 'Never', 'OnFailure']),
    ...between(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 1, MAX_INT32),
    ...nonNegative(`${field}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
    ...validateNames(field, spec),
    ...(spec.os ? oneOf(`${field}.os.name`, spec.os.name, ['linux', 'windows']) : []),
    ...validateDns(field, spec),
    ...validateSecurity(`${field}.securityContext`, spec),
    ...each(`${field}.hostAliases`, spec.hostAliases, ({ ip, hostnames }, at) => [
      ...because(`${at}.ip`, ip, isIP(ip)),
      ...each(`${at}.hostnames`, hostnames, (name, n) => because(n, name, isDnsSubdomain(name))),
    ]),
    ...validateScheduling(field, spec),
  ];
}

const validateNames = (field: string, spec: PodSpec): FieldError[] => [
  ...optional(`${field}.hostname`, spec.hostname, isDnsLabel),
  ...optional(`${field}.subdomain`, spec.subdomain, isDnsLabel),
  ...validateHostnameOverride(`${field}.hostnameOverride`, spec),
  ...optional(`${field}.nodeName`, spec.nodeName, isDnsSubdomain),
  ...optional(`${field}.serviceAccountName`, spec.serviceAccountName, isDnsSubdomain),
  ...optional(`${field}.priorityClassName`, spec.priorityClassName, isDnsSubdomain),
  ...optional(`${field}.runtimeClassName`, spec.runtimeClassName, isDnsSubdomain),
  ...each(`${field}.readinessGates`, spec.readinessGates, ({ conditionType }, at) =>
    named(`${at}.conditionType`, conditionType, isQualifiedName),
  ),
];

/** What the kernel takes as a hostname. https://man7.org/linux/man-pages/man7/hostname.7.html */
const longestNodename = 64;

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-hostname/ */
function validateHostnameOverride(
  field: string,
  { hostnameOverride: name, setHostnameAsFQDN, hostNetwork }: PodSpec,
): FieldError[] {
  if (name === undefined) return [];
  const besides = (other: string) => fieldForbidden(field, `may not be specified when ${other} is true`);
  return [
    ...because(field, name, isDnsSubdomain(name)),
    ...(name.length > longestNodename ? [fieldTooLong(field, longestNodename)] : []),
    ...(setHostnameAsFQDN ? [besides('setHostnameAsFQDN')] : []),
    ...(hostNetwork ? [besides('hostNetwork')] : []),
  ];
}

/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
function validateDns(field: string, { dnsPolicy, dnsConfig }: PodSpec): FieldError[] {
  const wrong = oneOf(`${field}.dnsPolicy`, dnsPolicy, [
    'ClusterFirst',
    'ClusterFirstWithHostNet',
    'Default',
    'None',
  ]);
  const { nameservers = [], searches = [], options } = dnsConfig ?? {};
  const at = `${field}.dnsConfig`;
  if (dnsPolicy === 'None' && !dnsConfig)
    wrong.push(fieldRequired(at, 'must provide `dnsConfig` when `dnsPolicy` is None'));
  else if (dnsPolicy === 'None' && nameservers.length === 0)
    wrong.push(
      fieldRequired(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
    );
  if (nameservers.length > 3)
    wrong.push(fieldInvalid(`${at}.nameservers`, nameservers, 'must not have more than 3 nameservers'));
  if (searches.length > 32)
    wrong.push(fieldInvalid(`${at}.searches`, searches, 'must not have more than 32 search paths'));
  wrong.push(
    ...each(`${at}.nameservers`, nameservers, (ip, n) => because(n, ip, isIP(ip))),
    ...each(`${at}.searches`, searches, (name, n) =>
      // A single dot searches the root; underscores are fine in names that are only searched.
      name === '.' ? [] : because(n, name, isDnsSubdomain(name.replace(/\.$/, '').replaceAll('_', 'a'))),
    ),
    ...each(`${at}.options`, options, ({ name }, n) => named(`${n}.name`, name)),
  );
  return wrong;
}

function validateSecurity(field: string, spec: PodSpec): FieldError[] {
  const { securityContext: context } = spec;
  const id = (name: 'fsGroup' | 'runAsGroup' | 'runAsUser') =>
    between(`${field}.${name}`, context?.[name], 0, MAX_INT32);
  return [
    ...id('fsGroup'),
    ...id('runAsUser'),
    ...id('runAsGroup'),
    ...each(`${field}.supplementalGroups`, context?.supplementalGroups, (group, at) =>
      between(at, group, 0, MAX_INT32),
    ),
    ...validateSysctls(`${field}.sysctls`, spec),
  ];
}
