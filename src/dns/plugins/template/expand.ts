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
  const index = /^index \.Match (\d+)$/.exec(text)?.[1];
  if (index !== undefined) return ({ Match }) => Match[Number(index)] ?? '';
  throw new Error(`"{{ ${text} }}" is not supported`);
}
