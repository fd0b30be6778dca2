/** An expression of a configuration, where it stands. */
export interface Found {
  field: string;
  text: string;
  /** Where it stands: policies know more variables, and mutations can make objects. */
  where: 'webhook' | 'policy' | 'mutation';
  /** What it has to be; anything when absent. */
  type?: 'bool' | 'string';
}
