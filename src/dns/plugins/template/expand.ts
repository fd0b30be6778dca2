/** Text with `{{ .Name }}` and the like. Of Go's templates, what names of a question need: fields, groups, `index`. */
export interface Data {
  Name: string;
  Zone: string;
  Class: string;
  Type: string;
  Remote: string;
  /** What the regular expression matched, whole and by groups. */
  Match: readonly string[];
  Group: Readonly<Record<string, string>>;
}

const fields = ['Name', 'Zone', 'Class', 'Type', 'Remote'] as const;

/** Throws when the text has an expression that is not known. */
export function templateOf(text: string): (data: Data) => string {
  const parts = text.split(/(\{\{.*?\}\})/s).map((part) => {
    const inner = /^\{\{-?\s*(.*?)\s*-?\}\}$/s.exec(part)?.[1];
    return inner === undefined ? () => part : expression(inner);
  });
  return (data) => parts.map((part) => part(data)).join('');
}

function expression(text: string): (data: Data) => string {
  const field = fields.find((each) => text === `.${each}` || text === `.Question.${each}`);
  if (field) return (data) => data[field];
  const group = /^(?:\.Group\.(\w+)|index \.Group "(\w+)")$/.exec(text);
  const name = group?.[1] ?? group?.[2];
  if (name !== undefined) return ({ Group }) => Group[name] ?? '';
  const call = /^parseInt \(?(.+?)\)? (\d+) (\d+)$/.exec(text);
  if (call) return parseInteger(expression(call[1] ?? ''), Number(call[2]), Number(call[3]));
  const index = /^index \.Match (\d+)$/.exec(text)?.[1];
  if (index !== undefined) return ({ Match }) => Match[Number(index)] ?? '';
  throw new Error(`"{{ ${text} }}" is not supported`);
}

/** Go's `strconv.ParseUint`: digits of a base that fit into so many bits, as a decimal number. */
function parseInteger(text: (data: Data) => string, base: number, bits: number): (data: Data) => string {
  if (base < 2 || base > 36 || bits > 64) throw new Error(`parseInt ${base} ${bits} is not supported`);
  return (data) => {
    const digits = text(data).toLowerCase();
    let number = 0n;
    for (const digit of digits || '?') {
      const value = Number.parseInt(digit, base);
      if (Number.isNaN(value)) throw new Error(`Cannot parse "${digits}" as a number of base ${base}`);
      number = number * BigInt(base) + BigInt(value);
    }
    if (number >> BigInt(bits) !== 0n)
      throw new Error(`Cannot parse "${digits}": it has more than ${bits} bits`);
    return String(number);
  };
}
