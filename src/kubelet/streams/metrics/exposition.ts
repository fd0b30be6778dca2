/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export interface Family {
  name: string;
  help: string;
  type: 'counter' | 'gauge';
  samples: { labels?: Record<string, string>; value: number; atMs?: number }[];
}

export const exposition = (families: readonly Family[]): string => families.map(format).join('');

function format({ name, help, type, samples }: Family): string {
  const lines = samples.map(
    ({ labels = {}, value, atMs }) =>
      `${name}${labelsOf(labels)} ${value}${atMs === undefined ? '' : ` ${atMs}`}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelsOf(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escape = (value: string) => value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
