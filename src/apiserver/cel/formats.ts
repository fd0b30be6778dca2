/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-format-library */
import { type Environment, Optional } from '@marcbachmann/cel-js';
import { isOfFormat } from '../../api/jsonschema/formats.ts';
import {
  isDns1035Label,
  isDnsLabel,
  isDnsSubdomain,
  isLabelValue,
  isQualifiedName,
} from '../../api/names.ts';
import { registerUnder } from './named.ts';

type Check = (text: string) => string[];

class Format {
  readonly check: Check;
  constructor(check: Check) {
    this.check = check;
  }
}

/** What is put behind a prefix lets it end in a dash. */
const asPrefix =
  (check: Check): Check =>
  (text) =>
    check(text.replace(/-$/, 'a'));

const named =
  (format: string): Check =>
  (text) =>
    isOfFormat(text, format) ? [] : [`does not match the format ${format}`];

const formats: Readonly<Record<string, Check>> = {
  dns1123Label: isDnsLabel,
  dns1123Subdomain: isDnsSubdomain,
  dns1035Label: isDns1035Label,
  qualifiedName: isQualifiedName,
  labelValue: isLabelValue,
  dns1123LabelPrefix: asPrefix(isDnsLabel),
  dns1123SubdomainPrefix: asPrefix(isDnsSubdomain),
  dns1035LabelPrefix: asPrefix(isDns1035Label),
  uri: named('uri'),
  uuid: named('uuid'),
  byte: named('byte'),
  date: named('date'),
  datetime: named('datetime'),
};

const resultOf = ({ check }: Format, text: string) => {
  const wrong = check(text);
  return wrong.length === 0 ? Optional.none() : Optional.of(wrong);
};

export function registerFormats(env: Environment): void {
  env.registerType('NamedFormat', { ctor: Format, fields: {} });
  env.registerFunction('NamedFormat.validate(string): optional', resultOf);
  registerUnder(env, 'format', {
    'named(string): optional': (name: string) => {
      const check = Object.hasOwn(formats, name) ? formats[name] : undefined;
      return check ? Optional.of(new Format(check)) : Optional.none();
    },
  });
}
