/** `/version`: which Kubernetes this looks like, and what it is. */
export const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.0+switchboard',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '',
  goVersion: '',
  compiler: 'node',
  platform: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
} as const;
