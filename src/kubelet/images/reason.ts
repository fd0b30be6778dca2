/** What a user wants to know of a pull that failed, out of everything skopeo says. Pure. */
const known: [RegExp, (match: RegExpMatchArray) => string][] = [
  [/manifest unknown/, () => 'manifest unknown'],
  [/name unknown|repository name not known/, () => 'repository name not known to registry'],
  [
    /lookup (\S+?)(?: on \S+)?: (no such host|server misbehaving|Temporary failure in name resolution)/,
    (match) => `lookup ${match[1]}: ${match[2]}`,
  ],
  [
    /dial tcp (\S+): (?:connect: )?(connection refused|network is unreachable|no route to host|i\/o timeout)/,
    (match) => `dial tcp ${match[1]}: ${match[2]}`,
  ],
  [
    /unauthorized|authentication required|invalid username\/password/,
    () => 'unauthorized: authentication required',
  ],
  [/denied/, () => 'denied: requested access to the resource is denied'],
  [/no image found in .*for architecture "?(\w+)"?/, (match) => `no image for architecture ${match[1]}`],
];

export function pullFailure(stderr: string): string {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const text = /msg="((?:[^"\\]|\\.)*)"/.exec(said)?.[1]?.replace(/\\(.)/g, '$1') ?? said;
  for (const [pattern, reason] of known) {
    const match = pattern.exec(text);
    if (match) return reason(match);
  }
  return text || 'the registry gave no reason';
}
