/** Labels and marks that Jobs and their pods carry. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
export const jobLabel = {
  controllerUid: 'batch.kubernetes.io/controller-uid',
  jobName: 'batch.kubernetes.io/job-name',
  completionIndex: 'batch.kubernetes.io/job-completion-index',
  /** Without a prefix they are from before 1.27; scripts still select by them. */
  oldControllerUid: 'controller-uid',
  oldJobName: 'job-name',
} as const;

export const jobAnnotation = {
  completionIndex: 'batch.kubernetes.io/job-completion-index',
  indexFailureCount: 'batch.kubernetes.io/job-index-failure-count',
  indexIgnoredFailureCount: 'batch.kubernetes.io/job-index-ignored-failure-count',
  scheduledTimestamp: 'batch.kubernetes.io/cronjob-scheduled-timestamp',
  instantiate: 'cronjob.kubernetes.io/instantiate',
} as const;

/** Keeps a pod until its end stands in the Job's status. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

/** Who takes care of a Job unless `managedBy` names another. */
export const jobController = 'kubernetes.io/job-controller';
