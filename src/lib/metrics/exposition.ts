/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export interface Family {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  samples: Sample[];
}

export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
  atMs?: number;
  /** What a histogram tells. */
  part?: 'bucket' | 'sum' | 'count';
}

/** The content type of {@link exposition}. */
export const textFormat = 'text/plain; version=0.0.4; charset=utf-8';

export const exposition = (families: readonly Family[]): string => families.map(format).join('');

function format({ name, help, type, samples }: Family): string {
  const lines = samples.map(
    ({ labels = {}, value, atMs, part }) =>
      `${name}${part ? `_${part}` : ''}${labelsOf(labels)} ${value}${atMs === undefined ? '' : ` ${atMs}`}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escape = (value: string) => value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
