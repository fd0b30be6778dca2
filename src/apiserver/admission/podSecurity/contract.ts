/**
 * What pods may ask for, at three levels.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
import type { Container, ObjectMeta, PodSpec } from '../../../api/types.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** A minor version of Kubernetes: 25 for `v1.25`. */
export type Minor = number;

/** What is forbidden, and where: `privileged (container "c" must not set …)`. */
export interface Violation {
  reason: string;
  detail?: string;
}

export interface Subject {
  metadata: ObjectMeta | undefined;
  spec: PodSpec;
  /** Containers, init containers and ephemeral ones. */
  containers: readonly Container[];
}

export interface Check {
  readonly level: 'baseline' | 'restricted';
  /** Since this minor version; from the beginning when absent. */
  readonly since?: Minor;
  /** A stricter check that takes the place of this one at its level. */
  readonly replacedBy?: string;
  readonly id: string;
  check(subject: Subject, minor: Minor): Violation | undefined;
}
