/** Words that several kinds allow. */
export const PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP'];
export const TAINT_EFFECTS: readonly string[] = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];
