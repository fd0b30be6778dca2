/** nftables commands as text, one a line. https://wiki.nftables.org/wiki-nftables/index.php/Quick_reference-nftables_in_10_minutes */

/** What stands in a set (without value) or in a map. */
export interface Element {
  /** `10.96.0.10 . tcp . 80` */
  key: string;
  value?: string;
}

/** Commands about one table: `inet switchboard-proxy`. */
export function commandsFor(table: string) {
  return {
    addTable: () => `add table ${table}`,
    deleteTable: () => `delete table ${table}`,
    /** `hook` for a base chain: `type nat hook prerouting priority -100;` */
    addChain: (name: string, hook?: string) => `add chain ${table} ${name}${hook ? ` { ${hook} }` : ''}`,
    flushChain: (name: string) => `flush chain ${table} ${name}`,
    deleteChain: (name: string) => `delete chain ${table} ${name}`,
    addRule: (chain: string, rule: string) => `add rule ${table} ${chain} ${rule}`,
    addSet: (name: string, type: string) => `add set ${table} ${name} { ${type} }`,
    deleteSet: (name: string) => `delete set ${table} ${name}`,
    addMap: (name: string, type: string) => `add map ${table} ${name} { ${type} }`,
    addElements: (name: string, elements: readonly Element[]) =>
      `add element ${table} ${name} { ${elements.map(text).join(', ')} }`,
    deleteElements: (name: string, elements: readonly Element[]) =>
      `delete element ${table} ${name} { ${elements.map(({ key }) => key).join(', ')} }`,
  };
}

const text = ({ key, value }: Element): string => (value === undefined ? key : `${key} : ${value}`);

/** The table is replaced as a whole, in the same transaction, whether it was there or not. */
export function replaceTable(table: string): string[] {
  const { addTable, deleteTable } = commandsFor(table);
  return [addTable(), deleteTable(), addTable()];
}
