/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes */
export const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'] as const;

const SHORT = ['RWO', 'ROX', 'RWX', 'RWOP'];

/** `RWO,ROX` */
export const formatAccessModes = (modes: readonly string[] | undefined): string =>
  SHORT.filter((_, i) => modes?.includes(ACCESS_MODES[i] ?? '')).join(',');
